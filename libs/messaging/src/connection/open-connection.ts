import { connect, credentials, type ChannelModel } from 'amqplib';
import { unescape } from 'node:querystring';

export const HEARTBEAT_SECONDS = 5;
const CONNECT_TIMEOUT_MS = 5_000;
/** For a node that is not the last of the list: one that is silent leaves time for the next one. */
const NEXT_NODE_AFTER_MS = 1_500;

/**
 * How every connection of ours to this address is made.
 * amqplib 2.3.1 reads percent-encoded names and passwords as Latin-1; URLs hold UTF-8 (RFC 3986, section 2.5).
 * @param name shown in the broker's list of connections
 */
export function connectionOptions(url: string, name: string) {
  const { username, password } = new URL(url);
  return {
    timeout: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    noDelay: true,
    clientProperties: { connection_name: name },
    ...((username || password) && {
      credentials: credentials.plain(unescape(username), unescape(password)),
    }),
  };
}

/**
 * One connection to the first node that answers, for requests that may hang or close it; the caller closes it.
 * @throws Error of the last node when none answers
 */
export async function openConnection(urls: readonly string[], name: string): Promise<ChannelModel> {
  let failure: unknown;
  for (const [i, url] of urls.entries()) {
    const options = connectionOptions(url, name);
    if (i < urls.length - 1) options.timeout = NEXT_NODE_AFTER_MS;
    const withHeartbeat = new URL(url);
    withHeartbeat.searchParams.set('heartbeat', String(HEARTBEAT_SECONDS));
    try {
      const model = await connect(withHeartbeat.href, options);
      model.on('error', () => undefined); // What was asked on it rejects.
      return model;
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}
