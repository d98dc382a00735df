import { grants, grantsScript, roleName } from '../../tools/usher-cli/src/grants/grants-script.js';
import { randomName } from './random-name.js';
import { administer } from './test-database.js';

const PASSWORD = 'usher';

/** Roles with the least rights on one database, as `usher grants` makes them. */
export interface LeastRoles {
  readonly prefix: string;
  /** @param name of an app, or `operator` or `migrate` */
  urlOf(name: string): string;
  /** Once the database is dropped. */
  drop(): Promise<void>;
}

/** Makes the roles of a test's own on the database of `url`, whose owner this is; the script runs as `administrator`. */
export async function createLeastRoles(url: string, administrator = url): Promise<LeastRoles> {
  const prefix = `test_${randomName()}_`;
  const roles = [
    ...new Set([roleName(prefix, 'migrate'), ...grants(prefix).map(({ role }) => role)]),
  ];
  await administer(administrator, grantsScript(prefix));
  const passwords = roles.map((role) => `ALTER ROLE ${role} PASSWORD '${PASSWORD}';`);
  await administer(administrator, passwords.join('\n'));
  return {
    prefix,
    urlOf(name) {
      const of = new URL(url);
      of.username = roleName(prefix, name);
      of.password = PASSWORD;
      return of.href;
    },
    async drop() {
      const server = new URL(url);
      server.pathname = '/postgres';
      await administer(server.href, `DROP ROLE ${roles.join(', ')}`);
    },
  };
}
