import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../../tools/embedded-stack/src/paths.js';
import type { ReceivedMail } from './smtp-sink.js';

/** A mail as the server of its recipient reads it. */
export interface ReadMail {
  /** Whether its DKIM signature is good. */
  readonly isGenuine: boolean;
  readonly reason: string | null;
  readonly domain: string | null;
  /** The headers that the signature covers, in lower case. */
  readonly signed: readonly string[];
  /** By their names in lower case, unfolded. */
  readonly headers: Readonly<Record<string, string>>;
}

const SCRIPT = join(root, 'test/support/read_mail.py');
const PYTHON = process.env['PYTHON'] ?? '/usr/bin/python3';

/** Whether {@link readMail} has what it needs: `apt-get install python3-dkim`. */
export const canReadMail = spawnSync(PYTHON, ['-c', 'import dkim']).status === 0;

/**
 * Reads a mail by libraries of another language, which know nothing of how it was made.
 * @param records what DNS has, by name: the TXT record of the public key
 */
export function readMail(
  { raw }: ReceivedMail,
  records: Readonly<Record<string, string>>,
): ReadMail {
  const input = JSON.stringify({ raw: Buffer.from(raw).toString('base64'), records });
  return JSON.parse(execFileSync(PYTHON, [SCRIPT], { input, encoding: 'utf8' })) as ReadMail;
}
