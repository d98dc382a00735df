import { jwtVerify, SignJWT } from 'jose';

/** What a link is good for; a token is worthless for any other purpose. */
export type LinkPurpose =
  'email-verification' | 'password-reset' | 'email-change' | 'email-change-undo' | 'unsubscribe';

/** Who and what a token is bound to. */
export interface LinkClaims {
  readonly userId: string;
  readonly email: string;
  /** The password that the person had then; a link that names one is worthless once it has changed. */
  readonly credentialVersion?: number;
  /** The version of the address that the person had then; a link that names one is worthless once it has changed. */
  readonly emailVersion?: number;
}

/** A link that ends mails is bound to the person alone: it works whatever their address is by then. */
export type ClaimsOf<Purpose extends LinkPurpose> = Purpose extends 'unsubscribe'
  ? Pick<LinkClaims, 'userId'>
  : LinkClaims;

const ALGORITHM = 'HS256';
const ISSUER = 'usher';

/** How long a link works, in seconds. */
const LIFETIME_SECONDS: Record<LinkPurpose, number> = {
  'email-verification': 7 * 24 * 3_600,
  'password-reset': 3_600,
  'email-change': 24 * 3_600,
  'email-change-undo': 7 * 24 * 3_600,
  unsubscribe: 365 * 24 * 3_600,
};

/**
 * A signed token (JWT, RFC 7519; HMAC SHA-256) bound to user, address and purpose, with an expiry.
 * @param issuedAt the event that asked for it, so that a repeated mail carries the same link
 */
export async function signLinkToken<Purpose extends LinkPurpose>(
  key: string,
  purpose: Purpose,
  claims: ClaimsOf<Purpose>,
  issuedAt: Date,
): Promise<string> {
  const { userId, email, credentialVersion, emailVersion }: Partial<LinkClaims> = claims;
  const issued = Math.floor(issuedAt.getTime() / 1_000);
  return new SignJWT({ email, credential_version: credentialVersion, email_version: emailVersion })
    .setProtectedHeader({ alg: ALGORITHM })
    .setIssuer(ISSUER)
    .setAudience(purpose)
    .setSubject(userId)
    .setIssuedAt(issued)
    .setExpirationTime(issued + LIFETIME_SECONDS[purpose])
    .sign(Buffer.from(key));
}

/**
 * The claims of a genuine token of this purpose that has not expired, else undefined.
 * @param now asks the clock that decides deadlines; for a genuine token only
 */
export async function verifyLinkToken<Purpose extends LinkPurpose>(
  key: string,
  purpose: Purpose,
  token: string,
  now: () => Promise<Date>,
): Promise<ClaimsOf<Purpose> | undefined> {
  const genuine = await readLinkToken(key, purpose, token);
  return genuine && claimsAt(await now(), key, purpose, token);
}

/**
 * The claims of a genuine token of this purpose, expired or not, else undefined. They open nothing: they are
 * for telling a person what has become of a link.
 */
export const readLinkToken = <Purpose extends LinkPurpose>(
  key: string,
  purpose: Purpose,
  token: string,
) => claimsAt(new Date(0), key, purpose, token);

async function claimsAt<Purpose extends LinkPurpose>(
  now: Date,
  key: string,
  purpose: Purpose,
  token: string,
): Promise<ClaimsOf<Purpose> | undefined> {
  try {
    const { payload } = await jwtVerify(token, Buffer.from(key), {
      algorithms: [ALGORITHM],
      issuer: ISSUER,
      audience: purpose,
      requiredClaims: ['sub', 'exp', ...(purpose === 'unsubscribe' ? [] : ['email'])],
      currentDate: now,
    });
    const { email, credential_version: version, email_version: emailVersion } = payload;
    return {
      userId: String(payload.sub),
      ...(typeof email === 'string' && { email }),
      ...(typeof version === 'number' && { credentialVersion: version }),
      ...(typeof emailVersion === 'number' && { emailVersion }),
    } as ClaimsOf<Purpose>;
  } catch {
    // Altered, expired, foreign: to the caller they are all the same.
    return undefined;
  }
}
