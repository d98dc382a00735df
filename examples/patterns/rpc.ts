// RPC: a question with a deadline; whoever asks goes on without an answer that comes too late.
import type { ConsumeMessage } from 'amqplib';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { open, say, until } from './broker.js';

const questions = 'example.rpc';
const { connection, channel: client, close } = await open({ queues: [questions] });
await client.assertQueue(questions, { durable: true });

// The one who answers sends the answer to where the question says, with the question's correlation id.
const server = await connection.createChannel();
const hard: (() => void)[] = [];
const serving = await server.consume(questions, (message) => {
  if (!message) return;
  const question = message.content.toString();
  const [a = 0, b = 0] = question.split('+').map(Number);
  const answer = () => {
    const { replyTo, correlationId } = message.properties;
    say('server', `${question} = ${a + b}`);
    server.sendToQueue(replyTo as string, Buffer.from(`${a + b}`), { correlationId });
    server.ack(message);
  };
  if (a < 10) answer();
  else hard.push(answer); // Takes longer than the client waits.
});

// Direct reply-to: answers come to this channel, and no queue is declared. It needs `noAck`.
const replyTo = 'amq.rabbitmq.reply-to';
const waiting = new Map<string, (answer: string) => void>();
const late: string[] = [];
const receive = (message: ConsumeMessage | null) => {
  const settle = waiting.get(message?.properties.correlationId as string);
  const answer = `${message?.content.toString()}`;
  if (settle) settle(answer);
  else late.push(answer);
};
await client.consume(replyTo, receive, { noAck: true });

/** The deadline is also the question's expiration: nobody starts on what nobody waits for. */
async function ask(question: string, deadlineMs: number): Promise<void> {
  const correlationId = randomUUID();
  const answered = new Promise<string>((resolve) => waiting.set(correlationId, resolve));
  say('client', `${question} to ${questions}`);
  const properties = { correlationId, replyTo, expiration: deadlineMs };
  client.sendToQueue(questions, Buffer.from(question), properties);
  const tooLate = pause(deadlineMs, undefined, { ref: false }); // Does not keep the process alive.
  const answer = await Promise.race([answered, tooLate]);
  waiting.delete(correlationId);
  say(
    'client',
    answer ? `received ${answer}` : `no answer within ${deadlineMs} ms: goes on without`,
  );
}

await ask('2+3', 5_000);
await ask('20+30', 500);
for (const answer of hard) answer();
await until(() => late.length === 1);
say('client', `dropped ${late[0]}: nobody waits for it any more`);
await server.cancel(serving.consumerTag);
await ask('4+5', 500); // Nobody serves. The question must not be there for whoever comes later.
await until(async () => (await client.checkQueue(questions)).messageCount === 0);
say('broker', `4+5 has expired: ${questions} is empty`);

await close();
