import { keptInThisWindow } from '../../storage/kept.js';
import type { Draft } from '../draft.js';

const TICKET = 'usher.ticket';

/** What is kept of somebody in the line, for a reload: all but the password. */
interface Kept {
  readonly ticket: string;
  readonly draft: Draft;
}

/** Somebody who was in the line before the page was loaded again, or before the form was refused. */
export function keptPlace(): Kept | undefined {
  const text = keptInThisWindow.read(TICKET);
  return text === null ? undefined : (JSON.parse(text) as Kept);
}

export function keepPlace(ticket: string | undefined, draft: Draft): void {
  if (ticket === undefined) keptInThisWindow.remove(TICKET);
  else keptInThisWindow.write(TICKET, JSON.stringify({ ticket, draft }));
}
