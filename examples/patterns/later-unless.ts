// Later, unless: what is due later is a row, which can be deleted until then; a promoter publishes what is due.
import { setTimeout as pause } from 'node:timers/promises';
import { open, say, until } from './broker.js';

const queue = 'example.later-unless';
const { channel, close } = await open({ queues: [queue] });
await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } });

// Two tables of one database, changed in one transaction. In memory here, so that the example is about messages.
const verified = new Set<string>();
const scheduled = new Map<string, number>();

const delayMs = 300;
for (const person of ['Ada', 'Ben', 'Cem']) {
  scheduled.set(person, Date.now() + delayMs);
  say('sign-up', `${person}: a reminder in ${delayMs} ms, unless the address is verified`);
}

verify('Ben');

while (scheduled.size > 0) {
  const due = [...scheduled].filter(([, dueAt]) => dueAt <= Date.now());
  for (const [person] of due) await promote(person);
  await pause(10);
}

// Ada's and Cem's reminders are on their way, and nothing calls a message back.
verify('Cem');

let handled = 0;
await channel.consume(queue, (message) => {
  if (!message) return;
  const person = message.content.toString();
  // The message only says that it is time; whether there is something to do, the state says.
  const isMoot = verified.has(person);
  say('consumer', isMoot ? `${person} has verified: does nothing` : `reminds ${person}`);
  channel.ack(message);
  handled++;
});
await until(() => handled === 2);

await close();

/** The row goes after the confirm: a crash in between sends the message twice, and never not at all. */
async function promote(person: string): Promise<void> {
  channel.sendToQueue(queue, Buffer.from(person), { persistent: true, mandatory: true });
  await channel.waitForConfirms();
  scheduled.delete(person);
  say('promoter', `${person}'s reminder is due: to ${queue}`);
}

/** State and schedule change together. */
function verify(person: string): void {
  verified.add(person);
  const inTime = scheduled.delete(person);
  say(
    'verify',
    `${person} has verified: ${inTime ? 'the reminder is cancelled' : 'too late to cancel'}`,
  );
}
