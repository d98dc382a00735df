import { z } from 'zod';

/** How the address of a kind of server is written. */
export interface ServerUrlForm {
  readonly protocol: RegExp;
  /** For the error message, such as `smtp://user:password@host:port`. */
  readonly example: string;
  /** A further condition on what was parsed. */
  readonly accepts?: (url: URL) => boolean;
}

/** A `%` that begins no escape, or an `@` behind the host: the password ended at a `/`, `?` or `#` of its own. */
const NOT_ENCODED = /%(?![0-9a-f]{2})|^[^/]*:\/\/[^/?#]*[/?#].*@/i;

/** The address of one server, which may hold user and password. */
export const serverUrl = (form: ServerUrlForm) =>
  z.string().refine((text) => isServerUrl(text, form), { error: expectation(form) });

/** The addresses of the nodes of one server, separated by commas. */
export const serverUrls = (form: ServerUrlForm) =>
  z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .refine((urls) => urls.every((url) => isServerUrl(url, form)), {
      error: `${expectation(form)}; a comma separates addresses`,
    });

/** The value is not in it: it may be a secret. */
const expectation = ({ example }: ServerUrlForm) =>
  `expected ${example}; percent-encode what is not a letter or a digit in user and password, such as %25 for %, %2F for /, %23 for #, %3F for ? and %2C for a comma`;

function isServerUrl(text: string, { protocol, accepts }: ServerUrlForm): boolean {
  if (NOT_ENCODED.test(text) || /\s/.test(text) || !URL.canParse(text)) return false;
  const url = new URL(text);
  if (!protocol.test(url.protocol) || !/^[^,]+$/.test(url.hostname)) return false;
  return isDecodable(`${url.username}:${url.password}${url.pathname}`) && (accepts?.(url) ?? true);
}

/** Escapes of bytes that are no UTF-8 make every client throw. */
function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
