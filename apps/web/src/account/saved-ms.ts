import type { User } from '../api/types.js';

const keyOf = ({ id }: User) => `usher.saved-ms.${id}`;

/** How long a sign-up took, as it was felt here; kept for a reload, and gone with the window. */
export function keepSavedMs(user: User, milliseconds: number): void {
  sessionStorage.setItem(keyOf(user), String(milliseconds));
}

/** Undefined when it was somewhere else, or long ago. */
export function savedMsOf(user: User): number | undefined {
  return Number(sessionStorage.getItem(keyOf(user))) || undefined;
}
