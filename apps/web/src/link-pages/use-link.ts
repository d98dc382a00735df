import { useEffect, useState } from 'preact/hooks';
import type { Outcome } from './outcome.js';

/** The link of a mail that opened this page: its token, or what became of it. */
type Link = { readonly token: string } | { readonly outcome: Outcome };

/** Behind the `#`: what is there is sent to no server. */
const tokenInAddress = () => new URLSearchParams(location.hash.slice(1)).get('token');

/** In the state of the history entry: a reload finds it there, and no history, bookmark or copied address has it. */
function keep(link: Link): void {
  const isDone = 'outcome' in link && link.outcome === 'done';
  history.replaceState(isDone ? { outcome: 'spent' } : link, '', location.pathname);
}

function takeLink(): Link {
  const token = tokenInAddress();
  if (token) keep({ token });
  return (history.state as Link | null) ?? { outcome: 'invalid' };
}

/** The link, how to say what became of it, and whether that was just now. */
export function useLink() {
  const [link, setLink] = useState(takeLink);
  const [hasEnded, setEnded] = useState(false);
  useEffect(() => {
    // Another link in this window loads no page by itself; a jump within the page makes an entry without a state.
    const follow = () => (tokenInAddress() ? location.reload() : keep(link));
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, [link]);
  const end = (outcome: Outcome) => {
    keep({ outcome });
    setLink({ outcome });
    setEnded(true);
  };
  return { link, end, hasEnded };
}
