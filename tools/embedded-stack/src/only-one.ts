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
    const holder = await ask(directory);
    if (holder) throw new Error(holder.about);
    const path = socketIn(directory);
    // Left behind by one that was killed.
    rmSync(path, { force: true });
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end(`${process.pid}\n${about()}`);
    });
    server.listen(path).unref();
    await once(server, 'listening');
    return new OnlyOne(server);
  }

  /** The process id of the launcher that uses the folder; undefined when there is none. */
  static async holderOf(directory: string): Promise<number | undefined> {
    return (await ask(directory))?.pid;
  }

  release(): void {
    this.server.close();
  }
}

/** What the launcher that holds the folder says of itself; undefined when there is none. */
async function ask(directory: string): Promise<{ pid: number; about: string } | undefined> {
  const socket = connect(socketIn(directory));
  try {
    await once(socket, 'connect');
  } catch {
    return undefined;
  }
  const [pid, ...about] = (await text(socket)).split('\n');
  return { pid: Number(pid), about: about.join('\n') };
}

/** A socket's path has room for some 100 bytes: shorter when seen from here. */
const socketIn = (directory: string) => relative(process.cwd(), join(directory, 'up.sock'));
