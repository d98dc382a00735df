import { send } from '../api/request.js';
import type { User } from '../api/types.js';

/** Somebody's account. */
export interface Account extends User {
  /** When it was made, on the scale of `performance.now()`: it runs evenly, whatever the device's clock says. */
  readonly openedAt: number;
}

/** Reads the account of the session; its age is what the server's clock says. @throws Problem */
export async function readAccount(): Promise<Account> {
  const response = await send('GET', '/v1/me');
  const user = (await response.json()) as User;
  return { ...user, openedAt: performance.now() - ageMs(user, response.headers.get('date')) };
}

/** To the second, as is the header that tells the server's time (RFC 9110, section 6.6.1); never negative. */
export function ageMs({ createdAt }: Pick<User, 'createdAt'>, date: string | null): number {
  return Math.max(0, Date.parse(date ?? createdAt) - Date.parse(createdAt));
}
