import { useEffect, useState } from 'preact/hooks';

/** Which form a guest has before them; all but the first stand in the address, as in `/#log-in`. */
export type GuestMode = 'sign-up' | 'log-in' | 'forgot' | 'check-mail';

const MODES: readonly GuestMode[] = ['sign-up', 'log-in', 'forgot', 'check-mail'];

/** Undefined for what is no form, such as the content that is skipped to. */
export function modeOf(hash: string): GuestMode | undefined {
  return MODES.find((mode) => mode === (hash.slice(1) || 'sign-up'));
}

/** The form of the address: links from elsewhere open it, and so do "back" and "forward". */
export function useGuestMode() {
  const [mode, setMode] = useState<GuestMode>(() => modeOf(location.hash) ?? 'sign-up');
  useEffect(() => {
    const follow = () => setMode((before) => modeOf(location.hash) ?? before);
    addEventListener('popstate', follow);
    return () => removeEventListener('popstate', follow);
  }, []);
  const change = (next: GuestMode, how: 'after' | 'instead' = 'after') => {
    const address = next === 'sign-up' ? location.pathname : `#${next}`;
    if (how === 'instead') history.replaceState(null, '', address);
    else if (next !== mode) history.pushState(null, '', address);
    setMode(next);
  };
  return [mode, change] as const;
}
