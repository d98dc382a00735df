/**
 * Takes the token out of the address, where it stands behind the `#`: what is there is sent to no server,
 * and afterwards it is in no history either.
 */
export function takeLinkToken(): string {
  const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? '';
  history.replaceState(null, '', location.pathname);
  return token;
}
