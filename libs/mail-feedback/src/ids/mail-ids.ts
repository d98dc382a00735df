import { deriveKey } from '#libs/link-tokens';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { decodeBase32, encodeBase32 } from './base32.js';

/** What makes a mail one of its own: one consumer sends at most one mail for an event, to one address. */
export interface MailIdentity {
  /** A UUID (RFC 9562). */
  readonly eventId: string;
  /** The consumer that sends it, such as `email-worker.send-welcome-email`. */
  readonly consumer: string;
  /** Its case does not count. */
  readonly recipient: string;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const EVENT_ID_BYTES = 16;
const MAC_BYTES = 10;
const ID_CHARACTERS = Math.ceil(((EVENT_ID_BYTES + MAC_BYTES) * 8) / 5);
const MIN_KEY_BYTES = 32;
/** Signed with it all, so that no signature of this key is good for anything else. */
const PURPOSE = 'usher mail id 1';

interface ParsedId {
  /** In lower case. */
  readonly id: string;
  /** The event that it names, proven or not. */
  readonly eventId: string;
}

/**
 * Reads the form of a mail id, in lower or upper case: mail servers may change the case. It proves nothing;
 * `MailIds.verify` does. Undefined when it is no mail id.
 */
export function parseMailId(text: string): ParsedId | undefined {
  const bytes = text.length === ID_CHARACTERS ? decodeBase32(text) : undefined;
  if (!bytes) return undefined;
  const hex = bytes.toString('hex', 0, EVENT_ID_BYTES);
  const eventId = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
  return { id: text.toLowerCase(), eventId };
}

/**
 * Makes and proves the ids that mails carry, so that feedback can be matched to a mail of ours and to nothing
 * else. An id is 42 characters of a–z and 2–7: the event id and 80 bits of HMAC-SHA-256 (RFC 2104) over event
 * id, consumer and recipient, in base32. It fits into the local part of an address (RFC 5321, section
 * 4.5.3.1.1: 64 octets), a tag of Amazon SES (256 characters) and metadata of Postmark (80 characters).
 */
export class MailIds {
  /**
   * @param key derived by the caller for this purpose alone, 32 bytes or more
   * @throws RangeError when the key is shorter
   */
  constructor(private readonly key: Buffer) {
    if (key.length < MIN_KEY_BYTES) {
      throw new RangeError(`the key of mail ids has ${key.length} of ${MIN_KEY_BYTES} bytes`);
    }
  }

  /** @param secret `LINK_SIGNING_KEY`; with another one the ids of mails before are worth nothing */
  static derivedFrom(secret: string): MailIds {
    return new MailIds(deriveKey(secret, 'mail id'));
  }

  /**
   * The id of a mail, the same each time.
   * @throws TypeError when the event id is no UUID
   */
  sign(mail: MailIdentity): string {
    if (!UUID.test(mail.eventId)) throw new TypeError('the event id of a mail is no UUID');
    const eventId = Buffer.from(mail.eventId.replaceAll('-', ''), 'hex');
    return encodeBase32(Buffer.concat([eventId, this.mac(mail)]));
  }

  /**
   * The event id of a genuine id of a mail by this consumer to this recipient, else undefined. Takes the same
   * time for every id of the right form.
   */
  verify(id: string, mail: Omit<MailIdentity, 'eventId'>): string | undefined {
    const parsed = parseMailId(id);
    if (!parsed) return undefined;
    const stated = decodeBase32(parsed.id)!.subarray(EVENT_ID_BYTES);
    const genuine = this.mac({ ...mail, eventId: parsed.eventId });
    return timingSafeEqual(stated, genuine) ? parsed.eventId : undefined;
  }

  /** The mail to this recipient that a genuine id belongs to, by whichever of the consumers; else undefined. */
  find(id: string, recipient: string, consumers: readonly string[]): MailIdentity | undefined {
    for (const consumer of consumers) {
      const eventId = this.verify(id, { consumer, recipient });
      if (eventId !== undefined) return { eventId, consumer, recipient };
    }
    return undefined;
  }

  private mac({ eventId, consumer, recipient }: MailIdentity): Buffer {
    const signed = [PURPOSE, eventId.toLowerCase(), consumer, recipient.toLowerCase()];
    return createHmac('sha256', this.key)
      .update(JSON.stringify(signed))
      .digest()
      .subarray(0, MAC_BYTES);
  }
}
