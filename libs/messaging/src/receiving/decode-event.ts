import type { EventDefinition } from '../contract/define-event.js';
import { type CloudEvent, CLOUDEVENTS_JSON } from '../contract/event-envelope.js';
import type { ConsumeMessage } from 'amqplib';
import { isUtf8 } from 'node:buffer';
import { InvalidMessageError, UnknownEventTypeError } from '../retry/errors.js';

/**
 * The event that a message carries, checked against the schema of its type.
 * @param definitions of the types that its consumer takes
 * @throws InvalidMessageError, UnknownEventTypeError
 */
export function decodeEvent(
  message: ConsumeMessage,
  definitions: readonly EventDefinition[],
): CloudEvent {
  const contentType = message.properties.contentType;
  if (contentType !== undefined && mediaType(String(contentType)) !== CLOUDEVENTS_JSON) {
    throw new InvalidMessageError(`content type '${contentType}' is not ${CLOUDEVENTS_JSON}`);
  }
  const body = parseJson(message.content);
  const type = (body as { type?: unknown } | null)?.type;
  const named = definitions.find((each) => each.type === type);
  if (typeof type === 'string' && !named) {
    const taken = definitions.map((each) => `'${each.type}'`).join(' or ');
    throw new UnknownEventTypeError(`type '${type}' is not ${taken}`);
  }
  // Without a type it fits none of them; the first one says why.
  const definition = named ?? definitions[0]!;
  const parsed = definition.envelope.safeParse(body);
  if (parsed.success) return parsed.data;
  // Paths and reasons only: the values may be personal.
  const problems = parsed.error.issues.map((i) => `${i.path.join('.') || 'body'}: ${i.message}`);
  throw new InvalidMessageError(problems.join('; '));
}

/** Without parameters such as the charset, and in lower case (RFC 9110, section 8.3.1). */
const mediaType = (contentType: string) => contentType.split(';')[0]!.trim().toLowerCase();

function parseJson(content: Buffer): unknown {
  try {
    if (!isUtf8(content)) throw new SyntaxError('not UTF-8');
    return JSON.parse(content.toString('utf8'));
  } catch {
    throw new InvalidMessageError('the body is not JSON in UTF-8');
  }
}
