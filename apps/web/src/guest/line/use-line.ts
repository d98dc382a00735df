import { useEffect, useRef, useState } from 'preact/hooks';
import { Problem } from '../../api/problem.js';
import type { Draft } from '../draft.js';
import { keepPlace, keptPlace } from './kept-place.js';
import type { Place } from './through-the-line.js';

type Waiting = typeof import('./waiting.js');

/**
 * Signs up through the line. `waiting` has the place and the panel while the person waits; the panel is loaded only
 * then. `container` holds the form.
 */
export function useLine(draft: Draft) {
  const [waiting, setWaiting] = useState<{ place: Place; PlacePanel: Waiting['PlacePanel'] }>();
  const leaving = useRef<AbortController>(undefined);
  const latest = useRef(draft);
  latest.current = draft;
  const container = useFocusAfter(waiting !== undefined);
  useEffect(() => () => leaving.current?.abort(), []);

  const keep = (ticket: string | undefined) => keepPlace(ticket, latest.current);

  /** @throws Problem; resolves, too, when the person leaves the line */
  const enter = async (send: (headers: Record<string, string>) => Promise<void>) => {
    const { signal } = (leaving.current = new AbortController());
    const ticket = keptPlace()?.ticket;
    const signUp = (shown: string | undefined) =>
      send(shown === undefined ? {} : { 'usher-ticket': shown });
    try {
      await signUp(ticket);
      keep(undefined);
    } catch (error) {
      if (!(error instanceof Problem) || !isToWait(error, ticket)) throw error;
      const fetched = await import('./waiting.js').catch(() => undefined);
      if (!fetched) throw error;
      const { PlacePanel, waitInLine } = fetched;
      const onPlace = (place: Place) => setWaiting({ place, PlacePanel });
      // An answer may still come after the person has left.
      const onTicket = (next: string | undefined) => void (signal.aborted || keep(next));
      await waitInLine(error, { ticket, signUp, onTicket, onPlace }, signal);
    } finally {
      setWaiting(undefined);
    }
  };

  const leave = () => {
    leaving.current?.abort();
    keep(undefined);
  };
  return { waiting, enter, leave, container };
}

/** Whether to wait: in the line, or for a connection while there is a ticket. */
const isToWait = ({ code }: Problem, ticket: string | undefined) =>
  code === 'overloaded' || (code === 'network' && ticket !== undefined);

/** Focuses the first invalid field, or the heading, when the person comes back from the line. */
function useFocusAfter(waits: boolean) {
  const container = useRef<HTMLDivElement>(null);
  const waited = useRef(false);
  useEffect(() => {
    const find = (selector: string) => container.current?.querySelector<HTMLElement>(selector);
    if (waited.current && !waits) (find('[aria-invalid]') ?? find('form h2'))?.focus();
    waited.current = waits;
  }, [waits]);
  return container;
}
