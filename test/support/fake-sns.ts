import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newSigner } from '../../libs/mail-feedback/src/sns/signed-message.fixture.js';

/** Stands for the hosts of Amazon SNS, which cannot be reached from here. */
export class FakeSns {
  readonly signer = newSigner();
  /** The paths that were asked for. */
  readonly asked: string[] = [];
  /** Whether it answers. */
  isUp = true;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<FakeSns> {
    const server = createServer();
    const sns = new FakeSns(server);
    server.on('request', (request, response) => {
      sns.asked.push(request.url!);
      response.statusCode = sns.isUp ? 200 : 503;
      response.end(request.url!.endsWith('.pem') ? sns.signer.certificate : '<Confirmed/>');
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return sns;
  }

  /** What makes a process ask here, and not there. */
  get env(): Record<string, string> {
    const { port } = this.server.address() as AddressInfo;
    const preload = `const real = globalThis.fetch;
      globalThis.fetch = (url, options) =>
        real(String(url).replace(/^https:\\/\\/sns\\.[a-z0-9-]+\\.amazonaws\\.com\\//, 'http://127.0.0.1:${port}/'), options);`;
    return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(preload)}` };
  }

  async stop(): Promise<void> {
    this.server.close();
    await once(this.server, 'close');
  }
}
