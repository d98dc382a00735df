import { createServer, type AddressInfo } from 'node:net';

/** A TCP port of 127.0.0.1 that nobody uses: `preferred` if it is free, else any. */
export async function freePort(preferred = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', () =>
      preferred === 0 ? reject(new Error('no free port')) : resolve(freePort()),
    );
    server.listen(preferred, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
