import { setTimeout as sleep } from 'node:timers/promises';
import { SmtpSink } from '../../support/smtp-sink.js';

/** A mail server in a process of its own: takes every mail after a while, forgets it, and writes a line: when, and for whom it was. */
const [port, delayMs] = process.argv.slice(2).map(Number);
const sink = new SmtpSink(port);
sink.accepted = async ({ to }) => {
  sink.mails.length = 0;
  if (delayMs) await sleep(delayMs);
  process.stdout.write(`${Date.now()} ${to}\n`);
};
await sink.start();
process.once('SIGTERM', () => process.exit(0));
process.send?.({ url: sink.url });
