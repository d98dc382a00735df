import { useEffect, useState } from 'preact/hooks';
import type { Strength } from './strength.js';

type Dictionaries = typeof import('./strength.js');
type Estimate = Dictionaries['estimate'];

let loaded: Dictionaries | undefined;

/** Whether a password is a common one, as far as the dictionaries have been loaded; else the server finds out. */
export const isKnownAsCommon = (password: string): boolean => loaded?.isCommon(password) ?? false;

const SETTLE_MS = 120;

/** Estimates a password as it is typed; the dictionaries, which are large, are fetched by `load`. */
export function useStrength(password: string, personal: readonly string[]) {
  const [estimate, setEstimate] = useState<{ readonly run: Estimate }>();
  const [strength, setStrength] = useState<Strength>();

  const load = () => {
    // Without the dictionaries there is no meter; the server judges all the same.
    import('./strength.js').then(
      (module) => setEstimate({ run: (loaded = module).estimate }),
      () => undefined,
    );
  };

  useEffect(() => {
    if (!password || !estimate) return setStrength(undefined);
    const timer = setTimeout(() => setStrength(estimate.run(password, personal)), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [password, personal.join('\n'), estimate]);

  return { strength, load };
}
