import { RELAYING, RIGHTS, type Rights } from './rights.js';

/** One right, or several, of a role on a table. */
export interface Grant {
  readonly role: string;
  readonly table: string;
  readonly privileges: string;
}

/** Those of the tables that somebody has rights on. */
const SCHEMAS = [
  ...new Set(
    Object.values<Rights>(RIGHTS)
      .flatMap((rights) => Object.keys(rights))
      .map((table) => table.slice(0, table.indexOf('.'))),
  ),
];

/** The name of a role, as `usher_email_worker`. */
export const roleName = (prefix: string, name: string): string =>
  `${prefix}${name.replaceAll('-', '_')}`;

/**
 * All rights of all roles but that of the owner.
 * @param relaying the workers that run with `RELAY=on`
 */
export function grants(prefix: string, relaying: readonly string[] = []): Grant[] {
  return Object.entries<Rights>(RIGHTS).flatMap(([name, rights]) =>
    Object.entries(relaying.includes(name) ? { ...rights, ...RELAYING } : rights).map(
      ([table, privileges]) => ({
        role: roleName(prefix, name),
        table,
        privileges,
      }),
    ),
  );
}

const list = (names: readonly string[]) => names.map((name) => `'${name}'`).join(', ');

/**
 * SQL that makes the roles and gives them their rights. It can be run at any time and any number of times; it takes
 * nothing away, since the version before may still run.
 * @param prefix of the roles' names: characters of an SQL name that needs no quotes
 * @param relaying the workers that run with `RELAY=on`
 */
export function grantsScript(prefix: string, relaying: readonly string[] = []): string {
  const owner = roleName(prefix, 'migrate');
  const all = grants(prefix, relaying);
  const apps = [...new Set(all.map(({ role }) => role))];
  const rolesOn = (schema: string) => [
    ...new Set(all.filter(({ table }) => table.startsWith(`${schema}.`)).map(({ role }) => role)),
  ];
  return `\
-- The roles of Usher with the least rights.
-- Run this before the first \`usher migrate\` as an administrator of the database, and after each one as ${owner}:
-- a new table comes with new rights. No role has a password yet: ALTER ROLE ${owner} PASSWORD '…'

DO $$
DECLARE
  role_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY[${list([owner, ...apps])}] LOOP
    IF to_regrole(role_name) IS NULL THEN
      EXECUTE format('CREATE ROLE %I LOGIN', role_name);
    END IF;
    IF NOT has_database_privilege(role_name, current_database(), 'CONNECT') THEN
      EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), role_name);
    END IF;
  END LOOP;
  IF NOT has_database_privilege('${owner}', current_database(), 'CREATE') THEN
    EXECUTE format('GRANT CREATE ON DATABASE %I TO ${owner}', current_database());
  END IF;
END $$;

-- What was there before passes to ${owner}. Its owner until now goes on with it as a member of that role, until
-- you REVOKE ${owner} FROM it.
DO $$
DECLARE
  statement text;
BEGIN
  FOR statement IN
    WITH schemas AS (
      SELECT oid, nspname, nspowner FROM pg_namespace WHERE nspname IN (${list(['migrations', ...SCHEMAS])})),
    tables AS (
      SELECT oid, relowner FROM pg_class
       WHERE relkind IN ('r', 'p') AND relnamespace IN (SELECT oid FROM schemas))
    SELECT text FROM (
      SELECT 1 AS step, format('GRANT ${owner} TO %I', rolname) AS text FROM pg_roles
       WHERE NOT rolsuper AND rolname <> '${owner}'
         AND oid IN (SELECT nspowner FROM schemas UNION SELECT relowner FROM tables)
      UNION ALL
      SELECT 2, format('ALTER SCHEMA %I OWNER TO ${owner}', nspname) FROM schemas
       WHERE nspowner <> '${owner}'::regrole
      UNION ALL
      SELECT 3, format('ALTER TABLE %s OWNER TO ${owner}', oid::regclass) FROM tables
       WHERE relowner <> '${owner}'::regrole
      UNION ALL
      SELECT 3, format('ALTER FUNCTION %s OWNER TO ${owner}', oid::regprocedure) FROM pg_proc
       WHERE proowner <> '${owner}'::regrole AND pronamespace IN (SELECT oid FROM schemas)
    ) AS statements ORDER BY step
  LOOP
    EXECUTE statement;
  END LOOP;
END $$;

DO $$
BEGIN
  IF to_regclass('messaging.outbox') IS NULL THEN
    RAISE NOTICE 'There are no tables yet: run usher migrate, then this once more.';
    RETURN;
  END IF;

  -- Every process looks whether the schema is its own; an older database has the list of migrations in public.
  IF to_regclass('migrations.applied') IS NOT NULL THEN
    GRANT USAGE ON SCHEMA migrations TO ${apps.join(', ')};
    GRANT SELECT ON migrations.applied TO ${apps.join(', ')};
  ELSE
    GRANT SELECT, INSERT ON public.migrations TO ${owner};
    GRANT USAGE ON SEQUENCE public.migrations_id_seq TO ${owner};
    GRANT SELECT ON public.migrations TO ${apps.join(', ')};
  END IF;

${SCHEMAS.map(
  (schema) => `  GRANT USAGE ON SCHEMA ${schema} TO ${rolesOn(schema).join(', ')};`,
).join('\n')}

  -- PUBLIC has this right, unless an administrator took it away.
  GRANT EXECUTE ON FUNCTION messaging.now() TO ${apps.join(', ')};

${all.map(({ role, table, privileges }) => `  GRANT ${privileges} ON ${table} TO ${role};`).join('\n')}
END $$;
`;
}
