import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { z } from 'zod';
import { OnlyOne } from './only-one.js';

/** Raised when a program that reads the file could misread it. */
const VERSION = 1;

const Stack = z.object({
  version: z.literal(VERSION),
  /** Of `npm run up`. */
  pid: z.int(),
  urls: z.object({
    api: z.string(),
    page: z.string(),
    operations: z.string(),
    database: z.string(),
    /** Comma-separated for a cluster. */
    rabbitmq: z.string(),
    smtp: z.string(),
    /** Where mails are shown; absent where SMTP_URL names a server. */
    mail: z.string().optional(),
  }),
  /** Of each app, by its name. */
  metrics: z.record(z.string(), z.string()),
  opsToken: z.string(),
});

/** The running stack, as other programs on this machine need it: its addresses, with their passwords. */
export type Stack = z.output<typeof Stack>;

const fileIn = (data: string) => join(data, 'stack.json');

/** Says that a stack runs from this data folder, in a file that only its owner can read. */
export function writeStack(data: string, stack: Omit<Stack, 'version' | 'pid'>): void {
  const file = fileIn(data);
  const content = { version: VERSION, pid: process.pid, ...stack };
  // Nobody reads half a file, and an old one does not pass its rights on.
  rmSync(`${file}.new`, { force: true });
  writeFileSync(`${file}.new`, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Says that no stack runs from this data folder. */
export function removeStack(data: string): void {
  rmSync(fileIn(data), { force: true });
}

/**
 * The stack that runs from this data folder; undefined when there is none.
 * @throws Error when its launcher was killed, or is of another version
 */
export async function readStack(data: string): Promise<Stack | undefined> {
  const file = fileIn(data);
  if (!existsSync(file)) return undefined;
  const name = relative(process.cwd(), file);
  const parsed = Stack.safeParse(parseJson(readFileSync(file, 'utf8')));
  if (!parsed.success)
    throw new Error(
      `${name} is of another version of npm run up: stop that one and start it again.`,
    );
  const { pid } = parsed.data;
  // A process id alone says little: another program may have it by now.
  if ((await OnlyOne.holderOf(data)) !== pid)
    throw new Error(
      `${name} was left behind by an npm run up that was killed (process ${pid}): start it again, ` +
        'or name the servers by DATABASE_URL and RABBITMQ_URL.',
    );
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
