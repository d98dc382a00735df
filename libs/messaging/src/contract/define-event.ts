import { z } from 'zod';
import { envelopeAttributes, type CloudEvent } from './event-envelope.js';

/** One kind of event: its type (also its routing key), what its data looks like, and the schema of the whole. */
export interface EventDefinition<Type extends string = string, Data extends z.ZodType = z.ZodType> {
  readonly type: Type;
  readonly dataSchemaUri: string;
  readonly data: Data;
  readonly envelope: z.ZodType<CloudEvent<z.output<Data>>>;
}

/** The event that a definition describes, as a handler receives it. */
export type EventOf<D extends EventDefinition> = CloudEvent<z.output<D['data']>>;

const TYPE = /^[a-z][a-z-]*\.[a-z][a-z-]*\.v[1-9]\d*$/;

/**
 * Defines an event; the name is `<aggregate>.<past participle>.v<N>`.
 * @throws Error when the type is not named so
 */
export function defineEvent<Type extends string, Data extends z.ZodType>(
  type: Type,
  data: Data,
): EventDefinition<Type, Data> {
  if (!TYPE.test(type)) throw new Error(`'${type}' is not <aggregate>.<past participle>.v<N>`);
  const envelope = envelopeAttributes
    .extend({ type: z.literal(type).meta(envelopeAttributes.shape.type.meta()!), data })
    .refine(subjectIsTheUser, { path: ['data', 'userId'], message: 'is not the subject' });
  return {
    type,
    dataSchemaUri: `urn:usher:event:${type}`,
    data,
    envelope: envelope as unknown as z.ZodType<CloudEvent<z.output<Data>>>,
  };
}

/** The ledger files a delivery under the subject; data that names another person would hide it. */
function subjectIsTheUser({ subject, data }: { subject: string; data?: unknown }): boolean {
  const { userId } = (data ?? {}) as { userId?: unknown };
  return userId === undefined || userId === subject;
}
