import { createContext } from 'preact';
import { useContext, useEffect, useRef, useState } from 'preact/hooks';
import { Problem } from '../api/problem.js';
import { request } from '../api/request.js';
import type { User } from '../api/types.js';
import { readAccount, type Account } from './account.js';
import { announceChange, onChangeElsewhere } from './other-windows.js';

/** Why a guest is one, when they might expect to be logged in. */
export type GuestNotice = 'unauthenticated' | 'cookies_needed';

const isRefusal = (error: unknown) => error instanceof Problem && error.code === 'unauthenticated';

/** Who is logged in here; every way in, and every way out, in this window or elsewhere. */
export function useSession() {
  // Undefined until it is known whether somebody is logged in; null for a guest.
  const [user, setUser] = useState<Account | null>();
  const [notice, setNotice] = useState<GuestNotice>();
  const [problem, setProblem] = useState<Problem>();
  /** Whether the page has changed since it was opened: then the focus goes to what is new. */
  const [isChanged, setChanged] = useState(false);
  const known = useRef(user);
  useEffect(() => void (known.current = user), [user]);

  const become = (next: Account | null, why?: GuestNotice) => {
    setUser(next);
    setNotice(why);
    setProblem(undefined);
    setChanged(true);
  };

  /** Asks as the one who is logged in; whoever turns out not to be is a guest from then on. @throws Problem */
  const ask: typeof request = <T>(...args: Parameters<typeof request>) =>
    asMember(request<T>(...args));

  const asMember = async <T>(answer: Promise<T>) => {
    try {
      return await answer;
    } catch (error) {
      if (isRefusal(error) && known.current) become(null, 'unauthenticated');
      throw error;
    }
  };

  /** Takes over what was changed about the account. */
  const change = (changed: User) => setUser((before) => before && { ...before, ...changed });

  /** Reads the account again; what cannot be read now leaves everything as it is. */
  const check = () => {
    if (known.current) asMember(readAccount()).then(setUser, () => undefined);
  };

  /** Makes sure that the browser has kept the cookie: a page without it would look logged in, and not be. */
  const enter = async (entered: User) => {
    const seen = await readAccount().catch((error: unknown) => {
      // What cannot be asked now may well be so.
      return isRefusal(error) ? null : { ...entered, openedAt: performance.now() };
    });
    become(seen, seen ? undefined : 'cookies_needed');
    if (seen) announceChange();
  };

  /** Ends the session; one that has ended already is as good. @throws Problem when it may go on */
  const leave = async () => {
    // What is refused from here on tells nothing new.
    known.current = null;
    try {
      await request('DELETE', '/v1/sessions/current');
    } catch (error) {
      known.current = user;
      if (!isRefusal(error)) throw error;
    }
    become(null);
    announceChange();
  };

  const open = () => {
    setProblem(undefined);
    readAccount().then(setUser, (error: Problem) =>
      // Only a refusal says that nobody is logged in.
      isRefusal(error) ? setUser(null) : setProblem(error),
    );
  };

  useEffect(open, []);
  useEffect(() => onChangeElsewhere(check), []);
  // The link in the mail is opened in another window.
  useEffect(() => {
    const look = () => {
      if (!document.hidden) check();
    };
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, []);

  const forgetNotice = () => setNotice(undefined);
  return {
    user,
    notice,
    problem,
    isChanged,
    ask,
    check,
    enter,
    leave,
    open,
    change,
    forgetNotice,
  };
}

type Session = ReturnType<typeof useSession>;

/** What the parts of the account need of the session. */
export const AccountContext = createContext<Pick<Session, 'ask' | 'check'>>({
  ask: request,
  check: () => undefined,
});

export const useAccount = () => useContext(AccountContext);
