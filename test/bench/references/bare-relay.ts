import { connect, type ConfirmChannel } from 'amqplib';
import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';

interface Row {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly subject: string;
  readonly occurred_at: Date;
  readonly correlation_id: string;
  readonly data: object;
}

const BATCH = 200;
const CLAIM = `
  UPDATE messaging.outbox AS o SET owner = $1, available_at = now() + interval '1 minute'
    FROM (SELECT id FROM messaging.outbox WHERE published_at IS NULL AND available_at <= now()
           ORDER BY id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED) AS due
   WHERE o.id = due.id
  RETURNING o.id, o.type, o.source, o.subject, o.occurred_at, o.correlation_id, o.data`;
const SETTLE = `
  UPDATE messaging.outbox SET published_at = now(), owner = NULL WHERE id = ANY ($1) AND owner = $2`;

/** The outbox in its shortest form: claim a batch, publish it, wait for the confirms, mark it. Answers with what wakes it. */
export async function startBareRelay(
  pool: Pool,
  brokerUrl: string,
  exchange: string,
): Promise<() => void> {
  const channel = await (await connect(brokerUrl)).createConfirmChannel();
  const owner = randomUUID();
  let running = false;
  let again = false;

  const relayBatch = async () => {
    const { rows } = await pool.query<Row>({ name: 'claim', text: CLAIM, values: [owner] });
    if (rows.length === 0) return false;
    for (const row of rows) publish(channel, exchange, row);
    await channel.waitForConfirms();
    const ids = rows.map(({ id }) => id);
    await pool.query({ name: 'settle', text: SETTLE, values: [ids, owner] });
    return rows.length === BATCH;
  };
  const run = async () => {
    running = true;
    do {
      again = false;
      while (await relayBatch());
    } while (again);
    running = false;
  };
  return () => {
    again = true;
    if (!running) void run();
  };
}

function publish(channel: ConfirmChannel, exchange: string, row: Row): void {
  const { id, type, source, subject, data } = row;
  const event = {
    specversion: '1.0',
    id,
    source,
    type,
    subject,
    time: row.occurred_at.toISOString(),
    datacontenttype: 'application/json',
    dataschema: `urn:usher:event:${type}`,
    correlationid: row.correlation_id,
    data,
  };
  channel.publish(exchange, type, Buffer.from(JSON.stringify(event)), {
    messageId: id,
    type,
    appId: source,
    persistent: true,
    mandatory: true,
    contentType: 'application/cloudevents+json',
    timestamp: Math.floor(row.occurred_at.getTime() / 1_000),
  });
}
