import { AmqpError } from '../amqp-error.js';
import { tableOf, type FieldTable } from '../wire/field-table.js';
import type { Fields, Method } from '../wire/methods.js';

/** RabbitMQ's own defaults. */
const CHANNEL_MAX = 2_047;
const FRAME_MAX_BYTES = 131_072;
const HEARTBEAT_SECONDS = 60;
/** The specification's minimum. */
const FRAME_MIN_BYTES = 4_096;

const VIRTUAL_HOST = '/';

const SERVER_PROPERTIES = tableOf({
  product: 'Usher embedded broker',
  // The RabbitMQ that it follows where the versions differ.
  version: '4.3.6',
  information: 'in memory, for development and tests only',
  platform: `Node ${process.versions.node}`,
  capabilities: tableOf({
    publisher_confirms: true,
    exchange_exchange_bindings: true,
    'basic.nack': true,
    consumer_cancel_notify: true,
    'connection.blocked': true,
    authentication_failure_close: true,
    per_consumer_qos: true,
    direct_reply_to: true,
  }),
});

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** What the two sides have agreed on. */
export interface Agreement {
  readonly user: string;
  readonly channelMax: number;
  readonly frameMaxBytes: number;
  /** 0 is none. */
  readonly heartbeatSeconds: number;
  readonly clientCapabilities: FieldTable;
}

export const START: Fields<'connection.start'> = {
  versionMajor: 0,
  versionMinor: 9,
  serverProperties: SERVER_PROPERTIES,
  mechanisms: Buffer.from('PLAIN'),
  locales: Buffer.from('en_US'),
};

export const TUNE: Fields<'connection.tune'> = {
  channelMax: CHANNEL_MAX,
  frameMax: FRAME_MAX_BYTES,
  heartbeat: HEARTBEAT_SECONDS,
};

/** The client's part of the opening of a connection, in the order that the specification asks for. */
export class Handshake {
  private expected: 'connection.start-ok' | 'connection.tune-ok' | 'connection.open' =
    'connection.start-ok';
  private user = '';
  private clientCapabilities: FieldTable = new Map();
  private tuned: Fields<'connection.tune-ok'> = TUNE;

  constructor(private readonly credentials: Credentials) {}

  /**
   * Takes the next method and answers the one that comes back, or at the end what was agreed on.
   * @throws AmqpError 503 out of order, 403 for wrong credentials, 530 for limits or a virtual host that cannot be
   */
  take(method: Method): 'tune' | 'tuned' | Agreement {
    if (method.name !== this.expected)
      throw new AmqpError('COMMAND_INVALID', `'${this.expected}' expected, not '${method.name}'`);
    if (method.name === 'connection.start-ok') {
      this.logIn(method.fields);
      this.expected = 'connection.tune-ok';
      return 'tune';
    }
    if (method.name === 'connection.tune-ok') {
      assertWithin('channel_max', method.fields.channelMax, 1, CHANNEL_MAX);
      assertWithin('frame_max', method.fields.frameMax, FRAME_MIN_BYTES, FRAME_MAX_BYTES);
      this.tuned = method.fields;
      this.expected = 'connection.open';
      return 'tuned';
    }
    const { virtualHost } = method.fields;
    if (virtualHost !== VIRTUAL_HOST)
      throw new AmqpError('NOT_ALLOWED', `vhost ${virtualHost} not found`);
    return {
      user: this.user,
      channelMax: this.tuned.channelMax,
      frameMaxBytes: this.tuned.frameMax,
      heartbeatSeconds: this.tuned.heartbeat,
      clientCapabilities: this.clientCapabilities,
    };
  }

  private logIn({ mechanism, response, clientProperties }: Fields<'connection.start-ok'>): void {
    if (mechanism !== 'PLAIN')
      throw new AmqpError('COMMAND_INVALID', `unknown authentication mechanism '${mechanism}'`);
    const [, user = '', password] = response.toString('utf8').split('\0');
    if (user !== this.credentials.user || password !== this.credentials.password)
      throw new AmqpError(
        'ACCESS_REFUSED',
        'Login was refused using authentication mechanism PLAIN.',
      );
    this.user = user;
    const capabilities = clientProperties.get('capabilities');
    if (capabilities instanceof Map) this.clientCapabilities = capabilities as FieldTable;
  }
}

/** 0 asks for no limit, and there is one. */
function assertWithin(name: string, value: number, least: number, most: number): void {
  if (value >= least && value <= most) return;
  throw new AmqpError(
    'NOT_ALLOWED',
    `negotiated ${name} = ${value} is not between ${least} and ${most}`,
  );
}
