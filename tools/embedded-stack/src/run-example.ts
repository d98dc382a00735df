import { fork } from 'node:child_process';
import { once } from 'node:events';
import { EXAMPLES } from './examples.js';
import { freePort } from './free-port.js';
import { randomPassword } from './kept-password.js';
import { provide } from './part.js';
import { embeddedBroker } from './parts/embedded-broker.js';
import { built } from './paths.js';

/**
 * Runs one example of examples/patterns as a process, on RABBITMQ_URL or an embedded broker of its own.
 * Ends with the example's exit code; 2 is wrong usage. Standard output is the example's alone.
 */
const [name, ...more] = process.argv.slice(2);
if (name === undefined) console.log(usage());
else if (!Object.hasOwn(EXAMPLES, name)) refuse(`there is no example '${name}'`);
else if (more.length > 0) refuse(`one example at a time; '${more.join(' ')}' is too much`);
else process.exitCode = await run(name);

async function run(example: string): Promise<number> {
  const settings = { port: await freePort(), password: randomPassword() };
  let broker = await provide(embeddedBroker(settings));
  const { given, url } = broker;
  note(given ? 'on the broker of RABBITMQ_URL' : `on the embedded broker, in memory: ${url}`);
  const child = fork(built(`examples/patterns/${example}.js`), {
    execArgv: ['--enable-source-maps'],
    env: { ...process.env, RABBITMQ_URL: url },
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => child.kill(signal));
  let restarted = Promise.resolve();
  child.once('message', () => {
    restarted = restart();
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  await restarted;
  await broker.stop();
  return code ?? 1;

  async function restart(): Promise<void> {
    if (given) return note('now restart the broker, for example: docker compose restart rabbitmq');
    note('restarts the embedded broker');
    await broker.stop();
    broker = await provide(embeddedBroker(settings));
  }
}

function refuse(problem: string): void {
  process.stderr.write(`${problem}\n\n${usage()}\n`);
  process.exitCode = 2;
}

function usage(): string {
  const width = Math.max(...Object.keys(EXAMPLES).map(({ length }) => length));
  const lines = Object.entries(EXAMPLES).map(([each, does]) => `  ${each.padEnd(width)}  ${does}`);
  return ['npm run example -- <name>', ...lines].join('\n');
}

function note(text: string): void {
  process.stderr.write(`${'launcher'.padEnd(12)}${text}\n`);
}
