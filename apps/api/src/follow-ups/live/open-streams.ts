import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Periodic } from '#libs/service-defaults';
import type { Response } from 'express';
import { type CurrentSession, SessionStore } from '../../accounts/index.js';
import { Problem } from '../../http/problem.js';
import { EventStream } from './event-stream.js';

/** Streams that one session may have open: a few windows, two streams each. */
const MAX_PER_SESSION = 8;

/** Streams that one process holds open. */
const MAX_PER_PROCESS = 2_000;

/** How long after its session a stream ends at the latest, and how often it is pinged. */
const CHECK_INTERVAL_MS = 10_000;

const RETRY_AFTER_SECONDS = 5;

/** The open streams of this process. None outlives its session or the process's readiness to stop. */
@Injectable()
export class OpenStreams implements OnModuleInit, OnModuleDestroy {
  private readonly sessionOf = new Map<EventStream, string>();
  private readonly check: Periodic;
  private stopping = false;

  constructor(private readonly sessions: SessionStore) {
    this.check = new Periodic('checking the open streams', CHECK_INTERVAL_MS, () =>
      this.endOrPing(),
    );
  }

  onModuleInit(): void {
    this.check.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.check.stop();
  }

  /** Ends all streams and refuses new ones. */
  end(): void {
    this.stopping = true;
    for (const stream of this.sessionOf.keys()) stream.end();
  }

  /** @throws Problem `too_many_streams`, `overloaded` */
  open(session: CurrentSession, response: Response): EventStream {
    const retry = { retryAfterSeconds: RETRY_AFTER_SECONDS };
    if (this.stopping || this.sessionOf.size >= MAX_PER_PROCESS) {
      throw new Problem('overloaded', 'No more streams can be opened here at the moment', retry);
    }
    const ofSession = [...this.sessionOf.values()].filter((id) => id === session.id).length;
    if (ofSession >= MAX_PER_SESSION) throw new Problem('too_many_streams', undefined, retry);
    const stream = new EventStream(response);
    this.sessionOf.set(stream, session.id);
    stream.onClose(() => this.sessionOf.delete(stream));
    return stream;
  }

  private async endOrPing(): Promise<void> {
    if (this.sessionOf.size === 0) return;
    const alive = await this.sessions.alive([...new Set(this.sessionOf.values())]);
    for (const [stream, sessionId] of this.sessionOf) {
      if (alive.has(sessionId)) stream.ping();
      else stream.end();
    }
  }
}
