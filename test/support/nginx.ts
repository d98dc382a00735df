import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../tools/embedded-stack/src/free-port.js';
import { eventually } from './eventually.js';

/** Where Debian's package puts it. */
const NGINX = '/usr/sbin/nginx';

/** A real nginx in front of something. */
export interface Nginx {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * @param server what stands in the `server` block, such as a `location` with `proxy_pass`
 * @param port of 127.0.0.1; a free one unless given
 */
export async function startNginx(server: string, port?: number): Promise<Nginx> {
  if (!existsSync(NGINX)) throw new Error(`there is no ${NGINX}: apt-get install nginx-light`);
  const folder = await mkdtemp(join(tmpdir(), 'usher-nginx-'));
  const url = `http://127.0.0.1:${port ?? (await freePort())}`;
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${folder}/${kind};`,
  );
  const config = `
    daemon off;
    master_process off;
    pid ${folder}/nginx.pid;
    error_log stderr warn;
    events { worker_connections 256; }
    http {
      access_log off;
      ${temporary.join('\n')}
      server {
        listen ${new URL(url).host};
        ${server}
      }
    }`;
  await writeFile(join(folder, 'nginx.conf'), config);
  const nginx = spawn(NGINX, ['-p', folder, '-e', 'stderr', '-c', join(folder, 'nginx.conf')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = once(nginx, 'exit');
  let complaints = '';
  nginx.stderr.on('data', (text: Buffer) => (complaints += text.toString()));
  await Promise.race([
    eventually(() => fetch(url)),
    exited.then(() => {
      throw new Error(`nginx ended: ${complaints}`);
    }),
  ]);
  return {
    url,
    async stop() {
      nginx.kill('SIGTERM');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
