import { Problem, type PlaceInLine } from '../../api/problem.js';
import { send } from '../../api/request.js';
import { throughTheLine, type LineOptions } from './through-the-line.js';

export { PlacePanel } from './place-panel.js';

/**
 * Waits in the line after a first attempt, and signs up at the turn. Resolves, too, when `signal` says that the person
 * leaves. @throws Problem what is answered to the sign-up at last
 */
export async function waitInLine(
  problem: Problem,
  options: Omit<LineOptions, 'look' | 'wait'>,
  signal: AbortSignal,
): Promise<void> {
  try {
    const wait = (ms: number) => untilThenOrVisible(ms, signal);
    await throughTheLine(problem, { ...options, look, wait });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function look(ticket: string): Promise<PlaceInLine | undefined> {
  try {
    const answer = await send('GET', '/v1/line', { headers: { 'usher-ticket': ticket } });
    const { place, expectedWaitSeconds } = (await answer.json()) as {
      place: number;
      expectedWaitSeconds: number;
    };
    const renewed = answer.headers.get('usher-ticket') ?? ticket;
    return { place, waitMs: expectedWaitSeconds * 1_000, ticket: renewed };
  } catch (error) {
    if (error instanceof Problem && error.code === 'unknown_ticket') return undefined;
    throw error;
  }
}

/** Waits so long, or until somebody looks at the page again. @throws when the signal says so */
function untilThenOrVisible(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', seen);
      signal.removeEventListener('abort', left);
      settle();
    };
    const done = end(resolve);
    const left = end(() => reject(signal.reason as Error));
    const seen = () => document.visibilityState === 'visible' && done();
    const timer = setTimeout(done, ms);
    document.addEventListener('visibilitychange', seen);
    signal.addEventListener('abort', left);
    if (signal.aborted) left();
  });
}
