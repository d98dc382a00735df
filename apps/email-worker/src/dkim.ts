import { createPrivateKey } from 'node:crypto';
import { z } from 'zod';

/** RFC 8301, section 3.2: verifiers take no shorter one. */
const MIN_BITS = 1_024;

/**
 * What is signed besides what every mail has. RFC 8058, section 4: the signature covers both headers by which a mail
 * program ends such mails.
 */
const SIGNED_HEADERS = [
  'From', 'Sender', 'Reply-To', 'Subject', 'Date', 'Message-ID', 'To', 'Cc', 'MIME-Version',
  'Content-Type', 'Content-Transfer-Encoding', 'List-Unsubscribe', 'List-Unsubscribe-Post',
]; // prettier-ignore

const domainName = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/i;

/** By what a mail is signed (DKIM, RFC 6376): all three, or none. */
export const dkimShape = {
  /** The domain that signs: that of `MAIL_FROM`, or one that it lies below. */
  DKIM_DOMAIN: z.string().regex(domainName, 'expected a domain such as usher.example').optional(),
  /** The public key is at `<selector>._domainkey.<domain>`. */
  DKIM_SELECTOR: z
    .string()
    .regex(/^[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?$/i, 'expected a name such as mail2026')
    .optional(),
  /** An RSA key in PEM. */
  DKIM_PRIVATE_KEY: z
    .string()
    .refine(isRsaKey, `expected an RSA key of at least ${MIN_BITS} bits in PEM`)
    .optional(),
};

interface DkimValues {
  readonly DKIM_DOMAIN?: string | undefined;
  readonly DKIM_SELECTOR?: string | undefined;
  readonly DKIM_PRIVATE_KEY?: string | undefined;
}

/** What is wrong with the values together. */
export function checkDkim(
  values: DkimValues & { readonly MAIL_FROM?: { address: string } },
  wrong: ReadonlySet<string>,
): string[] {
  const names = Object.keys(dkimShape) as (keyof DkimValues)[];
  const given = names.filter((name) => values[name] !== undefined || wrong.has(name));
  if (given.length === 0) return [];
  const missing = names.filter((name) => !given.includes(name));
  if (missing.length > 0)
    return missing.map((name) => `${name}: is required with ${given.join(', ')}`);
  const domain = values.DKIM_DOMAIN?.toLowerCase();
  const sender = values.MAIL_FROM?.address.split('@').at(-1)!.toLowerCase();
  if (domain === undefined || sender === undefined) return [];
  // DMARC (RFC 7489, section 3.1.1) takes no signature of another domain for the sender's.
  if (sender === domain || sender.endsWith(`.${domain}`)) return [];
  return [`DKIM_DOMAIN: is not the domain of MAIL_FROM, ${sender}, nor one that it lies below`];
}

/** For the transport; undefined when mails are not signed. */
export const dkimOf = (values: DkimValues) =>
  values.DKIM_PRIVATE_KEY === undefined
    ? undefined
    : {
        domainName: values.DKIM_DOMAIN!,
        keySelector: values.DKIM_SELECTOR!,
        privateKey: values.DKIM_PRIVATE_KEY,
        headerFieldNames: SIGNED_HEADERS.join(':'),
      };

function isRsaKey(pem: string): boolean {
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPrivateKey(pem);
    return asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= MIN_BITS;
  } catch {
    return false;
  }
}
