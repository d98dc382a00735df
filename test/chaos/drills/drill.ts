import type { Sql } from '#libs/database';
import { freePort } from '../../../tools/embedded-stack/src/free-port.js';
import type { Fleet } from '../fleet.js';
import type { Stage } from '../stage.js';

/** What a drill works with. */
export interface Scene {
  readonly stage: Stage;
  readonly fleet: Fleet;
  /** Where the API listens. */
  readonly api: string;
  readonly say: (text: string) => void;
}

/** A rehearsal of one outage. */
export interface Drill {
  readonly about: string;
  /** Beside the addresses of the servers. */
  readonly env: Record<string, string>;
  /** How long it lasts unless told otherwise. */
  readonly seconds: number;
  /** Answers the table for people, and what was not as promised. */
  run(scene: Scene, seconds: number): Promise<{ table: string[][]; problems: string[] }>;
}

/** One process of every app. */
export async function instances() {
  const apps = ['email-worker', 'recommendation-worker', 'notification-worker'];
  const port = await freePort();
  return {
    api: `http://127.0.0.1:${port}`,
    all: [
      { id: 'api', app: 'api', env: { HTTP_PORT: String(port) } },
      ...apps.map((app) => ({ id: app, app })),
    ],
  };
}

export async function count(sql: Sql, from: string): Promise<number> {
  const [row] = await sql.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${from}`);
  return row!.count;
}
