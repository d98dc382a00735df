import { useEffect, useRef, useState } from 'preact/hooks';
import { here } from '../api/settings.js';
import { useAccount } from '../session/session.js';

const RETRY_MS = 4_000;

type Handlers = Readonly<Record<string, (data: never) => void>>;

/**
 * Listens to server-sent events while the page can be seen: browsers allow few connections to one host,
 * and hidden windows would use them up. Whoever comes back is told the present state by the server.
 * @param url undefined: nothing is listened to
 * @returns whether the stream is lost at the moment
 */
export function useEvents(url: string | undefined, handlers: Handlers): boolean {
  const { check } = useAccount();
  const [lost, setLost] = useState(false);
  const latest = useRef(handlers);
  latest.current = handlers;

  useEffect(() => {
    if (!url) return undefined;
    let source: EventSource | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const close = () => {
      clearTimeout(timer);
      source?.close();
      source = undefined;
    };
    const open = () => {
      close();
      const opened = new EventSource(here(url));
      source = opened;
      opened.addEventListener('open', () => setLost(false));
      opened.addEventListener('error', () => {
        setLost(true);
        // The browser comes back by itself after a break, but not after a refusal.
        if (opened.readyState !== EventSource.CLOSED) return;
        timer = setTimeout(open, RETRY_MS);
        check();
      });
      for (const name of Object.keys(latest.current)) {
        opened.addEventListener(name, ({ data }: MessageEvent<string>) =>
          latest.current[name]?.(JSON.parse(data) as never),
        );
      }
    };
    const follow = () => (document.hidden ? close() : open());
    follow();
    document.addEventListener('visibilitychange', follow);
    return () => {
      document.removeEventListener('visibilitychange', follow);
      close();
    };
  }, [url]);

  return lost;
}
