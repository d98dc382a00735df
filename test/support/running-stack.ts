import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../tools/embedded-stack/src/free-port.js';
import { ApiClient } from './api-client.js';
import { given } from './environment.js';
import { Launcher } from './launcher.js';
import { createTestDatabase } from './test-database.js';

/** A mail as maildev shows it. */
export interface ShownMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/**
 * A whole stack as a person meets it, over HTTP and by mail: the one that `E2E_BASE_URL` (the API) and
 * `E2E_MAIL_URL` (maildev) name, else one that `npm run up` starts.
 */
export class RunningStack {
  readonly api: ApiClient;

  private constructor(
    baseUrl: string,
    private readonly mailUrl: string,
    readonly stop: () => Promise<void>,
  ) {
    this.api = new ApiClient(baseUrl);
  }

  static async find(): Promise<RunningStack> {
    const { E2E_BASE_URL, E2E_MAIL_URL } = process.env;
    if (E2E_BASE_URL) {
      if (!E2E_MAIL_URL)
        throw new Error('E2E_BASE_URL needs E2E_MAIL_URL, where maildev shows mails');
      return new RunningStack(E2E_BASE_URL, E2E_MAIL_URL, async () => undefined);
    }
    const directory = await mkdtemp(join(tmpdir(), 'usher-up-'));
    const db = await createTestDatabase();
    const launcher = await Launcher.start({
      DATA_DIR: directory,
      DATABASE_URL: db.url,
      // Not the port that another launcher would choose at the same moment.
      HTTP_PORT: String(await freePort()),
      RABBITMQ_URL: given('RABBITMQ_URL'),
    }).ready();
    return new RunningStack(launcher.addressOf('api'), launcher.addressOf('maildev'), async () => {
      await launcher.end();
      await db.drop();
      await rm(directory, { recursive: true, force: true });
    });
  }

  /** The mails to this address, the oldest first. */
  async mailsTo(address: string): Promise<ShownMail[]> {
    const response = await fetch(`${this.mailUrl}/api/email`);
    const mails = (await response.json()) as (ShownMail & { to: { address: string }[] })[];
    return mails.filter(({ to }) => to.some((recipient) => recipient.address === address));
  }
}
