import type { User } from '../api/types.js';
import { keptInThisWindow } from '../storage/kept.js';

const keyOf = ({ id }: User) => `usher.saved-ms.${id}`;

/** How long a sign-up took, as it was felt here; kept for a reload, and gone with the window. */
export function keepSavedMs(user: User, milliseconds: number): void {
  keptInThisWindow.write(keyOf(user), String(milliseconds));
}

/** Undefined when it was somewhere else, or long ago. */
export function savedMsOf(user: User): number | undefined {
  return Number(keptInThisWindow.read(keyOf(user))) || undefined;
}
