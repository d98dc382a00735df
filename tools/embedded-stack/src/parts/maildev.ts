import { fileURLToPath } from 'node:url';
import { Child } from '../child.js';
import { portFor } from '../free-port.js';
import type { Part, RunningPart } from '../part.js';

const PROGRAM = fileURLToPath(import.meta.resolve('maildev')).replace(
  /index\.js$/,
  'bin/maildev.js',
);
const PREFERRED_SMTP_PORT = 51025;
const PREFERRED_WEB_PORT = 51080;
const START_TIMEOUT_MS = 20_000;

/** A mail server that keeps every mail and shows it in the browser. */
export const maildev = (): Part => ({
  name: 'maildev',
  variable: 'SMTP_URL',
  async start(): Promise<RunningPart> {
    const smtp = await portFor('maildev (SMTP)', PREFERRED_SMTP_PORT);
    const web = await portFor('maildev (page)', PREFERRED_WEB_PORT);
    const child = new Child('maildev', PROGRAM, {
      args: [
        '--smtp',
        String(smtp),
        '--web',
        String(web),
        '--ip',
        '127.0.0.1',
        '--web-ip',
        '127.0.0.1',
        '--silent',
      ],
    });
    const page = `http://127.0.0.1:${web}`;
    const ready = child.until(async () => {
      const response = await fetch(`${page}/api/healthz`).catch(() => undefined);
      return response?.ok || undefined;
    }, START_TIMEOUT_MS);
    await ready.catch(async (error: Error) => {
      await child.stop();
      throw error;
    });
    return { url: `smtp://127.0.0.1:${smtp}`, notes: page, stop: () => child.stop() };
  },
});
