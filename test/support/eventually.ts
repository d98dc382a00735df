const POLL_MS = 25;

/** Resolves with what `probe` answers once it neither throws nor answers undefined or false. */
export async function eventually<T>(
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  timeoutMs = 60_000,
  pollMs = POLL_MS,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown = 'nothing';
  while (Date.now() < deadline) {
    try {
      const answer = await probe();
      if (answer !== undefined && answer !== false) return answer;
      last = answer;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  const reason = last instanceof Error ? last.message : String(last);
  throw new Error(`still not so after ${timeoutMs} ms: ${reason}`, { cause: last });
}
