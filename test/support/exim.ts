import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../tools/embedded-stack/src/free-port.js';
import { eventually } from './eventually.js';

/** Where Debian's package puts it. */
const EXIM = '/usr/sbin/exim4';

const isRoot = process.getuid?.() === 0;
/** Only root may start it as somebody else. For others it writes its log to stderr. */
const asCaller = `
admin_groups = ${process.getgid?.()}
exim_user = ${process.getuid?.()}
exim_group = ${process.getgid?.()}`;

/** `describe`, skipped with a line where there is no Exim; in CI there has to be one. */
export function describeWithExim(): jest.Describe {
  if (existsSync(EXIM)) return describe;
  const missing = `there is no ${EXIM}: apt-get install exim4-daemon-light`;
  if (process.env['CI'] === 'true') throw new Error(missing);
  process.stderr.write(`Skipped: ${missing}\n`);
  return describe.skip;
}

/**
 * What it says instead of its usual answer: a whole reply to MAIL, or to RCPT with this address; how long it
 * takes to answer for the mail of this address; to AUTH anything, and it says what Exim says to a wrong password.
 */
export type EximAnswers = Partial<
  Record<'AUTH' | 'MAIL' | `RCPT/${string}` | `DELAY/${string}`, string>
>;

/**
 * https://exim.org/exim-html-current/doc/html/spec_html/ch-access_control_lists.html. The answers are read
 * anew for each command: what a lookup has found Exim keeps for as long as the connection lasts.
 */
const config = (folder: string, port: number, settings: string) => `
${settings}
${isRoot ? '' : asCaller}
ANSWERS = \${readfile{${folder}/answers}}
primary_hostname = mail.example
local_interfaces = 127.0.0.1
daemon_smtp_ports = ${port}
spool_directory = ${folder}/spool
log_file_path = ${folder}/%slog
pid_file_path = ${folder}/pid
notifier_socket =
keep_environment =
tls_advertise_hosts =
queue_only
log_selector = +received_recipients
acl_smtp_mail = reply
acl_smtp_rcpt = reply
acl_smtp_data = delay

begin acl
reply:
  warn   set acl_m_who = \${if def:local_part {RCPT/$local_part@$domain}{MAIL}}
         set acl_m_reply = \${extract {$acl_m_who}{ANSWERS}}
  defer  condition = \${if match{$acl_m_reply}{^4}}
         message = $acl_m_reply
  deny   condition = \${if match{$acl_m_reply}{^5}}
         message = $acl_m_reply
  accept
delay:
  warn   set acl_m_delay = \${extract {DELAY/$recipients}{ANSWERS}}
         condition = \${if def:acl_m_delay}
         logwrite = delayed the answer to $recipients
         delay = $acl_m_delay
  accept

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = \${if eq{\${extract {AUTH}{ANSWERS}}}{}}
`;

/** A real Exim of its own on a free port of 127.0.0.1. It delivers nothing: mails stay in its queue. */
export class Exim {
  private readonly exited: Promise<unknown>;
  private stderr = '';

  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    readonly host: string,
  ) {
    this.exited = once(child, 'exit');
    child.stderr!.on('data', (text: Buffer) => (this.stderr += text.toString()));
  }

  /** @param settings lines of its configuration */
  static async start(settings = ''): Promise<Exim> {
    const folder = await mkdtemp(join(tmpdir(), 'usher-exim-'));
    // Started by root, it goes on as a user of its own.
    await chmod(folder, 0o777);
    const port = await freePort();
    await writeFile(join(folder, 'config'), config(folder, port, settings), { mode: 0o644 });
    await writeFile(join(folder, 'answers'), '');
    // With a process group of its own, since its connections are processes, too.
    const child = spawn(EXIM, ['-C', join(folder, 'config'), '-bdf'], {
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const exim = new Exim(child, folder, `127.0.0.1:${port}`);
    await Promise.race([
      eventually(() => greets(port)),
      exim.exited.then(() => {
        throw new Error(`Exim ended: ${exim.stderr}`);
      }),
    ]);
    return exim;
  }

  /** From now on, on open connections too; what is not given is answered as usual. */
  async answer(answers: EximAnswers): Promise<void> {
    const lines = Object.entries(answers).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
    const file = join(this.folder, 'answers');
    await writeFile(`${file}.new`, lines.join('\n'));
    await rename(`${file}.new`, file);
  }

  /** How many lines of its log have this text. */
  logged(text: string): number {
    return this.log().filter((line) => line.includes(text)).length;
  }

  /** The mails to this address that it has accepted. */
  mailsTo(address: string): number {
    return this.log().filter((line) => line.includes(' <= ') && line.endsWith(` for ${address}`))
      .length;
  }

  async stop(): Promise<void> {
    process.kill(-this.child.pid!, 'SIGTERM');
    await this.exited;
    await rm(this.folder, { recursive: true, force: true });
  }

  private log(): string[] {
    const file = join(this.folder, 'mainlog');
    return (isRoot ? readFileSync(file, 'utf8') : this.stderr).split('\n');
  }
}

async function greets(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    const [greeting] = (await once(socket, 'data')) as [Buffer];
    return greeting.toString().startsWith('220 ');
  } finally {
    socket.destroy();
  }
}
