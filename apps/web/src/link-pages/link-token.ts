/**
 * Takes the token out of the address, where it stands behind the `#`: what is there is sent to no server,
 * and afterwards it is in no history either.
 */
export function takeLinkToken(): string {
  const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? '';
  history.replaceState(null, '', location.pathname);
  return token;
}

/** Whether a token (a JWT, RFC 7519) says that its time is over; whether it is genuine the server judges. */
export function hasExpired(token: string, now = Date.now()): boolean {
  try {
    const payload = token.split('.')[1]!.replaceAll('-', '+').replaceAll('_', '/');
    const { exp } = JSON.parse(atob(payload)) as { exp?: number };
    return exp !== undefined && exp * 1_000 <= now;
  } catch {
    // No JWT at all: the server says so.
    return false;
  }
}
