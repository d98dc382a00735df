import type { Sql } from '#libs/database';

/** Leaves a database as the releases did that kept the names of the migrations in the schema `public`. */
export async function moveMigrationsToPublic(sql: Sql): Promise<void> {
  await sql.query(`
    CREATE TABLE public.migrations (
      id serial PRIMARY KEY, "timestamp" bigint NOT NULL, name character varying NOT NULL);
    INSERT INTO public.migrations ("timestamp", name)
      SELECT right(name, 13)::bigint, name FROM migrations.applied ORDER BY applied_at;
    DROP SCHEMA migrations CASCADE;
  `);
}
