/** Why a part of the process is not ready, or undefined when it is. */
export type ReadinessCheck = () => Promise<string | undefined> | string | undefined;

const CHECK_TIMEOUT_MS = 2_000;

/** The readiness of a process: named checks, each of which answers with the reason why it is not ready. */
export class Readiness {
  private readonly checks = new Map<string, ReadinessCheck>();

  add(name: string, check: ReadinessCheck): void {
    this.checks.set(name, check);
  }

  /** Runs all checks at once; one that throws or takes longer than 2 s counts as not ready. */
  async report(): Promise<{ status: 'ready' | 'not_ready'; checks: Record<string, string> }> {
    const results = await Promise.all(
      [...this.checks].map(
        async ([name, check]) => [name, (await bounded(check)) ?? 'ok'] as const,
      ),
    );
    const ready = results.every(([, result]) => result === 'ok');
    return { status: ready ? 'ready' : 'not_ready', checks: Object.fromEntries(results) };
  }
}

async function bounded(check: ReadinessCheck): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer within ${CHECK_TIMEOUT_MS} ms`), CHECK_TIMEOUT_MS);
  });
  try {
    return await Promise.race([check(), timeout]);
  } catch (error) {
    // Whatever was thrown, it is a reason: an AggregateError of a refused connection has no message.
    return (error instanceof Error && error.message) || String(error);
  } finally {
    clearTimeout(timer);
  }
}
