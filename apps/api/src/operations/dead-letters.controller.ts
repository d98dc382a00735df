import { Body, Controller, Get, HttpCode, Logger, Param, Post, Query } from '@nestjs/common';
import { subscriptions } from '#libs/contracts';
import type { DeadLetter, DeadLetterDetail } from '#libs/messaging';
import { z } from 'zod';
import { FromClient, type Client } from '../http/client.js';
import { notFound, Problem } from '../http/problem.js';
import { Documented } from '../openapi/documented.decorator.js';
import { DeadLetterDesk } from './dead-letter-desk.js';
import { operatorName, whoDidIt } from './operator.js';
import { deadLetterDetail, deadLetterList, replayReport } from './operations.schema.js';
import { RequiresOpsToken } from './ops-token.guard.js';

const handlerQueue = z.enum(subscriptions.map(({ consumer }) => consumer));
const filter = z.strictObject({
  queue: handlerQueue.optional(),
  type: z.string().max(200).optional(),
  reason: z.string().max(40).optional(),
});

const MAX_IDS = 1_000;

const replayBody = z
  .strictObject({
    ids: z.array(z.string().min(1).max(64)).min(1).max(MAX_IDS).optional(),
    queue: handlerQueue.optional(),
    operator: operatorName,
  })
  .refine(({ ids, queue: all }) => (ids === undefined) !== (all === undefined), {
    path: ['ids'],
    message: 'give either the ids of dead letters, or the queue of which all are meant',
  });

@Controller('v1/ops/dead-letters')
@RequiresOpsToken()
export class DeadLettersController {
  private readonly logger = new Logger(DeadLettersController.name);

  constructor(private readonly desk: DeadLetterDesk) {}

  @Get()
  @Documented(
    'The events that were given up',
    { 200: deadLetterList },
    'validation_failed',
    'operation_busy',
    'broker_unavailable',
  )
  async list(@Query({ schema: filter }) wanted: z.output<typeof filter>) {
    const { letters, unreachable } = await this.desk.list();
    const items = letters.filter(
      (letter) =>
        (wanted.queue ?? letter.queue) === letter.queue &&
        (wanted.type ?? letter.type) === letter.type &&
        (wanted.reason ?? letter.reason) === letter.reason,
    );
    return { items: items.map(withoutContent), ...(unreachable.length > 0 && { unreachable }) };
  }

  @Get(':id')
  @Documented(
    'One of them with all headers, the stack among them, and the body',
    { 200: deadLetterDetail },
    'not_found',
    'operation_busy',
    'broker_unavailable',
  )
  async show(@Param('id') id: string) {
    const { letters, unreachable } = await this.desk.list();
    const letter = letters.find((each) => each.id === id);
    if (letter) return letter;
    throw unreachable.length > 0 ? unknowable(unreachable) : notFound();
  }

  @Post('replay')
  @HttpCode(200)
  @Documented(
    'Sends some of them, or all of one consumer, back to where they came from',
    { 200: replayReport },
    'validation_failed',
    'operation_busy',
    'broker_unavailable',
  )
  async replay(
    @Body({ schema: replayBody }) { ids = [], queue, operator }: z.output<typeof replayBody>,
    @FromClient() client: Client,
  ) {
    const wanted = new Set(ids);
    const isWanted = ({ id }: DeadLetterDetail) => !!queue || wanted.has(id);
    const { replayed, unreachable } = await this.desk.replay(queue, isWanted);
    this.logger.log({
      msg: 'dead letters sent back',
      ...whoDidIt(operator, client),
      queue,
      deadLetters: replayed,
    });
    if (replayed.length === 0 && unreachable.length > 0) throw unknowable(unreachable);
    const unknown = ids.filter((id) => !replayed.includes(id));
    return { replayed, unknown, ...(unreachable.length > 0 && { unreachable }) };
  }
}

const unknowable = (queues: readonly string[]) =>
  new Problem(
    'broker_unavailable',
    `The broker cannot give the dead letters of ${queues.join(', ')} now`,
  );

function withoutContent({
  headers: _headers,
  body: _body,
  ...letter
}: DeadLetterDetail): DeadLetter {
  return letter;
}
