import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../tools/embedded-stack/src/free-port.js';
import { provide } from '../../tools/embedded-stack/src/part.js';
import { rabbitmq } from '../../tools/embedded-stack/src/parts/rabbitmq.js';
import type { Certificate } from './certificates.js';

/** A RabbitMQ of a test's own with a listener for TLS beside the plain one. */
export class TlsRabbitmq {
  private constructor(
    /** `amqps:` */
    readonly url: string,
    private readonly directory: string,
    private readonly ctl: string,
    readonly stop: () => Promise<void>,
  ) {}

  static async start(caFile: string, certificate: Certificate): Promise<TlsRabbitmq> {
    const directory = mkdtempSync(join(tmpdir(), 'usher-tls-rabbitmq-'));
    const port = await freePort();
    mkdirSync(join(directory, 'conf.d'));
    copyCertificate(certificate, directory);
    writeFileSync(
      join(directory, 'conf.d', '10-tls.conf'),
      [
        `listeners.ssl.default = 127.0.0.1:${port}`,
        `ssl_options.cacertfile = ${caFile}`,
        `ssl_options.certfile = ${join(directory, 'server.pem')}`,
        `ssl_options.keyfile = ${join(directory, 'server.key')}`,
        'ssl_options.verify = verify_none',
      ].join('\n'),
    );
    const { url: plain, stop, notes } = await provide(rabbitmq(directory), {});
    const { username, password } = new URL(plain);
    const url = `amqps://${username}:${password}@localhost:${port}`;
    return new TlsRabbitmq(url, directory, notes!, async () => {
      await stop();
      rmSync(directory, { recursive: true });
    });
  }

  /** Shows this certificate to every client that connects from now on. */
  use(certificate: Certificate): void {
    copyCertificate(certificate, this.directory);
    this.run(['eval', 'ssl:clear_pem_cache().']);
  }

  /** Whether each connection is encrypted. */
  connections(): boolean[] {
    return this.run(['--quiet', 'list_connections', 'ssl', '--no-table-headers'])
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line === 'true');
  }

  private run(args: string[]): string {
    const [command, ...before] = this.ctl.split(' ') as [string, ...string[]];
    return execFileSync(command, [...before, ...args], { encoding: 'utf8' });
  }
}

function copyCertificate({ cert, key }: Certificate, directory: string): void {
  copyFileSync(cert, join(directory, 'server.pem'));
  copyFileSync(key, join(directory, 'server.key'));
}
