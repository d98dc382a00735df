import type { Socket } from 'node:net';
import { AmqpError } from '../amqp-error.js';
import type { Faults } from '../faults.js';
import type { MemoryAlarm } from '../memory-alarm.js';
import type { Message } from '../message.js';
import type { VirtualHost } from '../virtual-host.js';
import type { FieldTable } from '../wire/field-table.js';
import { FRAME, type Frame } from '../wire/frames.js';
import { decodeMethod } from '../wire/method-codec.js';
import type { Fields, MethodName } from '../wire/methods.js';
import { ChannelSet, closeFields } from './channel-set.js';
import { Handshake, START, TUNE, type Agreement, type Credentials } from './handshake.js';
import { Heartbeat } from './heartbeat.js';
import { Intake } from './intake.js';
import type { ContentMethod, Line } from './line.js';
import { Outgoing } from './outgoing.js';

/** What all connections share. */
export interface ConnectionSurroundings {
  readonly host: VirtualHost;
  readonly memory: MemoryAlarm;
  readonly credentials: Credentials;
  readonly faults: Faults;
  readonly log: (line: string) => void;
}

const HANDSHAKE_TIMEOUT_MS = 10_000;
/** How long a client may take to confirm that the broker closes the connection. */
const CLOSE_TIMEOUT_MS = 2_000;
/** Answers that wait to be read before no further request is. */
const UNREAD_ANSWERS_MAX_BYTES = 4 * 1_024 * 1_024;

/** One client. */
export class Connection implements Line {
  private readonly outgoing: Outgoing;
  private readonly intake: Intake;
  private readonly channels: ChannelSet;
  private readonly handshake: Handshake;
  private readonly heartbeat = new Heartbeat();
  private agreed: Agreement | undefined;
  private isClosing = false;
  private isBlocked = false;
  private timer: NodeJS.Timeout;

  constructor(
    private readonly socket: Socket,
    private readonly surroundings: ConnectionSurroundings,
  ) {
    this.outgoing = new Outgoing(socket, TUNE.frameMax);
    this.channels = new ChannelSet(this, surroundings.host, surroundings.faults);
    this.handshake = new Handshake(surroundings.credentials);
    this.intake = new Intake(socket, surroundings.faults, {
      begin: () => this.send(0, 'connection.start', START),
      frame: (frame) => this.take(frame),
      fail: (error) => this.fail(error),
    });
    this.timer = setTimeout(() => socket.destroy(), HANDSHAKE_TIMEOUT_MS);
    socket.on('drain', () => this.drained());
    // 'close' follows; a client may go as it likes.
    socket.on('error', () => undefined);
    socket.once('close', () => this.release());
  }

  get user(): string {
    return this.agreed?.user ?? '';
  }

  get isCongested(): boolean {
    return this.outgoing.isCongested;
  }

  get unreadBytes(): number {
    return this.outgoing.unreadBytes;
  }

  get hearsOfCancels(): boolean {
    return this.can('consumer_cancel_notify');
  }

  send<N extends MethodName>(channel: number, name: N, fields: Fields<N>): void {
    this.outgoing.send(channel, name, fields);
  }

  sendContent<N extends ContentMethod>(
    channel: number,
    name: N,
    fields: Fields<N>,
    message: Message,
    headers?: FieldTable,
  ): void {
    this.outgoing.sendContent(channel, name, fields, message, headers);
  }

  /** There is room for messages again. */
  unblock(): void {
    if (!this.isBlocked) return;
    this.isBlocked = false;
    if (this.can('connection.blocked')) this.send(0, 'connection.unblocked', {});
    this.intake.resume('memory');
  }

  /** Tells the client why, and ends when it has confirmed that, or has not in time. */
  fail(error: unknown): void {
    if (this.isClosing) {
      this.socket.destroy();
      return;
    }
    const reason = asAmqpError(error, this.surroundings.log);
    this.surroundings.log(`closing a connection of '${this.user}': ${reason.message}`);
    this.isClosing = true;
    this.send(0, 'connection.close', closeFields(reason));
    this.release();
    this.timer = setTimeout(() => this.socket.destroy(), CLOSE_TIMEOUT_MS);
    if (reason.reply !== 'FRAME_ERROR') return;
    // Where the next frame begins is not known any more.
    this.intake.ignoreAll();
    this.socket.end();
  }

  /** Cuts it off without a word, as a broken line does. */
  drop(): void {
    this.socket.resetAndDestroy();
  }

  private take(frame: Frame): void {
    if (frame.type === FRAME.heartbeat) return;
    if (this.isClosing) this.takeLast(frame);
    else if (frame.channel === 0) this.takeControl(frame);
    else this.takeOnChannel(frame);
    if (this.outgoing.unreadBytes > UNREAD_ANSWERS_MAX_BYTES) this.intake.pause('unread answers');
  }

  private takeOnChannel(frame: Frame): void {
    const channelMax = this.agreed?.channelMax ?? 0;
    if (frame.channel > channelMax)
      throw new AmqpError(
        'CHANNEL_ERROR',
        `channel ${frame.channel}, where ${channelMax} is the last`,
      );
    this.channels.take(frame);
    // Whoever publishes has to wait; whoever only consumes does not.
    if (frame.type !== FRAME.method && this.surroundings.memory.isRaised) this.block();
  }

  private takeControl({ type, payload }: Frame): void {
    if (type !== FRAME.method)
      throw new AmqpError('UNEXPECTED_FRAME', 'channel 0 carries methods only');
    const method = decodeMethod(payload);
    if (method.name === 'connection.close') {
      this.send(0, 'connection.close-ok', {});
      this.isClosing = true;
      this.release();
      this.socket.end();
      return;
    }
    if (method.name === 'connection.update-secret')
      throw new AmqpError('NOT_IMPLEMENTED', `method ${method.name}`);
    if (this.agreed)
      throw new AmqpError('COMMAND_INVALID', `'${method.name}' on channel 0 of an open connection`);
    const next = this.handshake.take(method);
    if (next === 'tune') this.send(0, 'connection.tune', TUNE);
    else if (next !== 'tuned') this.open(next);
  }

  private open(agreed: Agreement): void {
    clearTimeout(this.timer);
    this.agreed = agreed;
    this.intake.maxFrameBytes = agreed.frameMaxBytes;
    this.outgoing.maxFrameBytes = agreed.frameMaxBytes;
    this.send(0, 'connection.open-ok', { reserved1: '' });
    this.heartbeat.start(
      agreed.heartbeatSeconds,
      this.socket,
      () => this.outgoing.heartbeat(),
      () => {
        this.surroundings.log(`a connection of '${agreed.user}' has missed its heartbeats`);
        this.socket.destroy();
      },
    );
  }

  /** Until the client has confirmed the close, everything else is dropped. */
  private takeLast({ type, channel, payload }: Frame): void {
    if (type !== FRAME.method || channel !== 0) return;
    const { name } = decodeMethod(payload);
    if (name === 'connection.close') this.send(0, 'connection.close-ok', {});
    if (name === 'connection.close' || name === 'connection.close-ok') this.socket.end();
  }

  private block(): void {
    if (this.isBlocked) return;
    this.isBlocked = true;
    this.intake.pause('memory');
    if (this.can('connection.blocked'))
      this.send(0, 'connection.blocked', { reason: 'low on memory' });
  }

  private drained(): void {
    this.intake.resume('unread answers');
    this.channels.serve();
  }

  private can(capability: string): boolean {
    return this.agreed?.clientCapabilities.get(capability) === true;
  }

  /** What it had in hand comes again elsewhere; what it had for itself is gone. */
  private release(): void {
    clearTimeout(this.timer);
    this.heartbeat.stop();
    this.channels.end();
    this.surroundings.host.forget(this);
  }
}

function asAmqpError(error: unknown, log: (line: string) => void): AmqpError {
  if (error instanceof AmqpError) return error;
  const { stack, message } = error as Error;
  log(stack ?? message);
  return new AmqpError('INTERNAL_ERROR', message);
}
