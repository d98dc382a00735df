import { Child } from '../child.js';
import { portFor } from '../free-port.js';
import type { Part } from '../part.js';
import { built } from '../paths.js';

const PROGRAM = built('tools/embedded-stack/src/parts/postgres.main.js');
const PREFERRED_PORT = 55432;

/** Real PostgreSQL from npm's binaries, its data in `directory`. */
export const postgres = (directory: string): Part => ({
  name: 'PostgreSQL',
  variable: 'DATABASE_URL',
  async start() {
    const port = await portFor('PostgreSQL', PREFERRED_PORT);
    const child = new Child('PostgreSQL', PROGRAM, { args: [directory, String(port)] });
    const { url } = await child.message<{ url: string }>();
    return { url, notes: `data in ${directory}`, pid: child.pid, stop: () => child.stop() };
  },
});
