import { connectionProblem } from '#libs/service-defaults';

const NEEDED_FOR: Record<string, string> = {
  QueueDeclare: 'configure',
  ExchangeDeclare: 'configure',
  BasicConsume: 'read',
  BasicGet: 'read',
  QueuePurge: 'read',
};

/**
 * What a refusal of the broker means and what to do, in place of the client library's words; never with a
 * password. Any other error keeps its own words.
 * @param url the address at which it happened
 */
export function explainBrokerError(error: Error, url?: string): string {
  const { message } = error;
  const { user, vhost } = partsOf(url);
  if (message.includes('ACCESS_REFUSED - Login was refused')) {
    return `the broker refuses the login of user '${user}': check user and password in RABBITMQ_URL`;
  }
  // amqplib drops the reason; the broker closes the connection here for its virtual host alone.
  if (message.includes('Expected ConnectionOpenOk')) {
    return (
      `the broker does not open the virtual host '${vhost}' to user '${user}': it does not exist or is down, ` +
      `the user has no permission in it (rabbitmqctl add_vhost, set_permissions), or its limit of connections is reached`
    );
  }
  const refused =
    /(?:(configure|write|read) )?access to (\w+) '([^']*)' in vhost '([^']*)' refused for user '([^']*)'/.exec(
      message,
    );
  if (!refused) return connectionProblem(error);
  const [, named, kind, resource, where, who] = refused;
  const operation = /Operation failed: (\w+);/.exec(message)?.[1] ?? '';
  // Before 4.3 the broker does not say which permission is missing.
  const permission =
    named ?? NEEDED_FOR[operation] ?? (kind === 'queue' ? 'write' : 'read or write');
  return (
    `user '${who}' has no ${permission} permission on ${kind} '${resource}' in virtual host '${where}': ` +
    `rabbitmqctl set_permissions gives it`
  );
}

function partsOf(url: string | undefined): { user: string; vhost: string } {
  if (url === undefined || !URL.canParse(url)) return { user: 'guest', vhost: '/' };
  const { username, pathname } = new URL(url);
  // No path is the default virtual host; a path of '/' alone is the one with the empty name.
  const name = pathname === '' ? '/' : decoded(pathname.slice(1));
  return { user: decoded(username) || 'guest', vhost: name };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
