import { z } from 'zod';
import { envelopeAttributes, type CloudEvent } from './event-envelope.js';

/** One kind of event: its type (also its routing key), what its data looks like, and the schema of the whole. */
export interface EventDefinition<Type extends string = string, Data extends z.ZodType = z.ZodType> {
  readonly type: Type;
  /** The application that publishes it. */
  readonly prefix: string;
  /** `urn:<prefix>:event:<type>`, the `$id` of the schema of `data`. */
  readonly dataSchemaUri: string;
  readonly data: Data;
  readonly envelope: z.ZodType<CloudEvent<z.output<Data>>>;
  readonly subject: Subject;
}

/** What an event is about, such as an order, by its id. */
export interface Subject {
  /** Of the id; up to 200 characters unless given. */
  readonly schema: z.ZodType<string>;
  /** The field of `data` that repeats the id, if there is one: an event in which they differ is refused. */
  readonly field?: string;
}

/** The event that a definition describes, as a handler receives it. */
export type EventOf<D extends EventDefinition> = CloudEvent<z.output<D['data']>>;

const TYPE = /^[a-z][a-z-]*\.[a-z][a-z-]*\.v[1-9]\d*$/;

/** The columns of outbox and ledger hold no more, and PostgreSQL's text holds no NUL. */
const SUBJECT_MAX_CHARACTERS = 200;
const CONTROL_CHARACTER = /\p{Cc}/u;

const ANYTHING: Subject = {
  schema: z
    .string()
    .min(1)
    .max(SUBJECT_MAX_CHARACTERS)
    .describe('the id of what the event is about'),
};

/**
 * Defines an event; the name is `<aggregate>.<past participle>.v<N>`.
 * @param options `prefix`: that of the application's `MessagingModule`
 * @throws Error when the type is not named so, or the subject's field is none of the data
 */
export function defineEvent<Type extends string, Data extends z.ZodType>(
  type: Type,
  data: Data,
  { prefix, subject = ANYTHING }: { prefix: string; subject?: Subject },
): EventDefinition<Type, Data> {
  if (!TYPE.test(type)) throw new Error(`'${type}' is not <aggregate>.<past participle>.v<N>`);
  const { field } = subject;
  if (field !== undefined && data instanceof z.ZodObject && !(field in data.shape))
    throw new Error(`'${type}' has no field '${field}' that could repeat the subject`);
  const envelope = envelopeAttributes
    .extend({
      type: z.literal(type).meta(envelopeAttributes.shape.type.meta()!),
      subject: subject.schema,
      dataschema: z
        .string()
        .min(1)
        .describe(`\`urn:${prefix}:event:<type>\`, the \`$id\` of the schema of \`data\``),
      data,
    })
    .refine((event) => canBeKept(event.subject), {
      path: ['subject'],
      message: `has more than ${SUBJECT_MAX_CHARACTERS} characters, or one that is no text`,
    })
    .refine((event) => field === undefined || isSame(event, field), {
      path: ['data', field ?? ''],
      message: 'is not the subject',
    });
  return {
    type,
    prefix,
    dataSchemaUri: dataSchemaUri(prefix, type),
    data,
    envelope: envelope as unknown as z.ZodType<CloudEvent<z.output<Data>>>,
    subject,
  };
}

/** The `$id` of the schema of an event's data. */
export const dataSchemaUri = (prefix: string, type: string): string =>
  `urn:${prefix}:event:${type}`;

const canBeKept = (subject: string) =>
  subject.length <= SUBJECT_MAX_CHARACTERS && !CONTROL_CHARACTER.test(subject);

/** Deliveries are found by the subject: with data about another one, this one would not be found. */
function isSame({ subject, data }: { subject: string; data?: unknown }, field: string): boolean {
  const value = ((data ?? {}) as Record<string, unknown>)[field];
  return value === undefined || value === subject;
}
