import { useEffect, useState } from 'preact/hooks';

const CALM_INTERVAL_MS = 1_000;

/**
 * Milliseconds since `since`. They are drawn again as long as `running`: each frame, or each second with
 * reduced motion.
 * @param since on the scale of `performance.now()`
 */
export function useElapsed(since: number, running: boolean): number {
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    if (!running) return undefined;
    const tick = () => setNow(performance.now());
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) {
      const timer = setInterval(tick, CALM_INTERVAL_MS);
      return () => clearInterval(timer);
    }
    let frame = requestAnimationFrame(function draw() {
      tick();
      frame = requestAnimationFrame(draw);
    });
    return () => cancelAnimationFrame(frame);
  }, [running]);
  return Math.max(0, now - since);
}
