import { connect, type ChannelModel } from 'amqplib';

export const HEARTBEAT_SECONDS = 5;
const CONNECT_TIMEOUT_MS = 5_000;

/** How every connection of ours is made. @param name shown in the broker's list of connections */
export const connectionOptions = (name: string) => ({
  timeout: CONNECT_TIMEOUT_MS,
  keepAlive: true,
  noDelay: true,
  clientProperties: { connection_name: name },
});

/**
 * One connection to the first node that answers, for requests that may hang or close it; the caller closes it.
 * @throws Error of the last node when none answers
 */
export async function openConnection(urls: readonly string[], name: string): Promise<ChannelModel> {
  let failure: unknown;
  for (const url of urls) {
    const withHeartbeat = new URL(url);
    withHeartbeat.searchParams.set('heartbeat', String(HEARTBEAT_SECONDS));
    try {
      const model = await connect(withHeartbeat.href, connectionOptions(name));
      model.on('error', () => undefined); // What was asked on it rejects.
      return model;
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}
