import { useEffect, useState } from 'preact/hooks';

const CALM_INTERVAL_MS = 1_000;

/** Milliseconds since `since`, drawn anew as long as `running`: each frame, or each second with reduced motion. */
export function useElapsed(since: number, running: boolean): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!running) return undefined;
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) {
      const timer = setInterval(() => setNow(Date.now()), CALM_INTERVAL_MS);
      return () => clearInterval(timer);
    }
    let frame = requestAnimationFrame(function draw() {
      setNow(Date.now());
      frame = requestAnimationFrame(draw);
    });
    return () => cancelAnimationFrame(frame);
  }, [running]);
  // The server's clock may be ahead of this one.
  return Math.max(0, now - since);
}
