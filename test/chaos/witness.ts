import type { Sql } from '#libs/database';

/** What the witness has seen of one effect: how often it was committed. */
export interface Witnessed {
  readonly effect: 'notification' | 'list' | 'mail' | 'ledger';
  /** The event; of a list, the user; of the ledger, consumer and event. */
  readonly about: string;
  readonly count: number;
}

/**
 * A second count of all effects, by triggers of the chaos run. A repeated effect that a unique constraint
 * or an upsert folds into one row leaves one row here each time; one that is rolled back leaves none.
 * It writes as its owner, because an app's role may not.
 */
export async function installWitness(sql: Sql): Promise<void> {
  await sql.query(`
    CREATE SCHEMA witness;
    CREATE TABLE witness.effects (effect text NOT NULL, about text NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp());
    CREATE FUNCTION witness.effect() RETURNS trigger LANGUAGE plpgsql
      SECURITY DEFINER SET search_path = '' AS $$
    BEGIN
      INSERT INTO witness.effects (effect, about) VALUES (TG_ARGV[0], CASE TG_ARGV[0]
        WHEN 'list' THEN to_jsonb(NEW) ->> 'user_id'
        WHEN 'ledger' THEN (to_jsonb(NEW) ->> 'consumer') || ' ' || (to_jsonb(NEW) ->> 'event_id')
        ELSE to_jsonb(NEW) ->> 'event_id' END);
      RETURN NULL;
    END $$;
    CREATE TRIGGER witness AFTER INSERT OR UPDATE ON notification.notifications
      FOR EACH ROW EXECUTE FUNCTION witness.effect('notification');
    CREATE TRIGGER witness AFTER INSERT OR UPDATE ON recommendation.lists
      FOR EACH ROW EXECUTE FUNCTION witness.effect('list');
    CREATE TRIGGER witness AFTER INSERT OR UPDATE ON email.messages
      FOR EACH ROW WHEN (NEW.status = 'sent') EXECUTE FUNCTION witness.effect('mail');
    CREATE TRIGGER witness AFTER INSERT OR UPDATE ON messaging.deliveries
      FOR EACH ROW WHEN (NEW.status = 'done') EXECUTE FUNCTION witness.effect('ledger')`);
}

export const readWitness = (sql: Sql): Promise<Witnessed[]> =>
  sql.query<Witnessed>(
    'SELECT effect, about, count(*)::int AS count FROM witness.effects GROUP BY effect, about',
  );
