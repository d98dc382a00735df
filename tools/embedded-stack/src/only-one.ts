import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join, relative } from 'node:path';
import { text } from 'node:stream/consumers';

/**
 * Lets one launcher at a time use a data folder, by a socket in it that ends with its process, however
 * that ends.
 */
export class OnlyOne {
  private constructor(private readonly server: Server) {}

  /**
   * @param about what a second launcher is told; asked at that time
   * @throws Error with what the first one says of itself
   */
  static async in(directory: string, about: () => string): Promise<OnlyOne> {
    mkdirSync(directory, { recursive: true });
    // A socket's path has room for some 100 bytes: shorter when seen from here.
    const path = relative(process.cwd(), join(directory, 'up.sock'));
    const answer = await ask(path);
    if (answer !== undefined) throw new Error(answer);
    // Left behind by one that was killed.
    rmSync(path, { force: true });
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end(about());
    });
    server.listen(path).unref();
    await once(server, 'listening');
    return new OnlyOne(server);
  }

  release(): void {
    this.server.close();
  }
}

/** What the launcher that holds the folder says; undefined when there is none. */
async function ask(path: string): Promise<string | undefined> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
  } catch {
    return undefined;
  }
  return text(socket);
}
