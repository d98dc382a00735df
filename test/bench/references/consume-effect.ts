import type { PoolClient, Pool } from 'pg';
import { v7 as uuidv7 } from 'uuid';

/** What the reference consumers need of an event. */
export interface Registration {
  readonly id: string;
  readonly subject: string;
  readonly data: { readonly displayName: string };
}

const LEDGER = `
  INSERT INTO messaging.deliveries (consumer, event_id, subject, status, attempts, completed_at)
  VALUES ($1, $2, $3, 'done', 1, clock_timestamp()) ON CONFLICT (consumer, event_id) DO NOTHING
  RETURNING status`;
const EFFECT = `
  INSERT INTO notification.notifications (id, user_id, event_id, kind, title, body)
  VALUES ($1, $2, $3, 'getting-started-guide', $4, $5)`;

/** Ledger and effect in one transaction, by prepared statements: BEGIN, INSERT, INSERT, COMMIT. */
export async function deliverOnce(pool: Pool, consumer: string, event: Registration) {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await write(client, consumer, event);
    await client.query('COMMIT');
    client.release();
  } catch (error) {
    client.release(error as Error);
    throw error;
  }
}

async function write(client: PoolClient, consumer: string, { id, subject, data }: Registration) {
  const ledger = { name: 'ledger', text: LEDGER, values: [consumer, id, subject] };
  const { rowCount } = await client.query(ledger);
  if (!rowCount) return;
  const [title, body] = ['Getting started', guide(data.displayName)];
  await client.query({
    name: 'effect',
    text: EFFECT,
    values: [uuidv7(), subject, id, title, body],
  });
}

/** As long as Usher's. */
const guide = (name: string) =>
  [
    `Hello ${name}, good to have you here. Three things to begin with:`,
    '1. Open the link in the welcome mail, so that we know the address is yours.',
    '2. Look at your recommendations: each one says which of your interests it is there for.',
    '3. Change your interests whenever you like; the list follows.',
  ].join('\n');
