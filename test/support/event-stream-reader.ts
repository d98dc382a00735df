/** One server-sent event as it came. */
export interface ReceivedEvent {
  readonly event: string;
  readonly id: string | undefined;
  // oxlint-disable-next-line typescript/no-explicit-any -- each test knows what it listens to
  readonly data: any;
}

/** Reads a stream of server-sent events as a program would. */
export class EventStreamReader {
  readonly events: ReceivedEvent[] = [];
  /** How often the server has shown that it is there. */
  pings = 0;
  ended = false;
  private readonly abort = new AbortController();

  private constructor(
    readonly status: number,
    readonly headers: Headers,
    /** The answer when it is no stream. */
    readonly problem: { code: string } | undefined,
  ) {}

  static async open(
    url: string,
    token: string,
    headers: Record<string, string> = {},
  ): Promise<EventStreamReader> {
    const abort = new AbortController();
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${token}`, ...headers },
      signal: abort.signal,
    });
    const problem = response.ok ? undefined : ((await response.json()) as { code: string });
    const reader = new EventStreamReader(response.status, response.headers, problem);
    reader.abort.signal.addEventListener('abort', () => abort.abort());
    if (response.ok) void reader.read(response.body!);
    return reader;
  }

  of(event: string): ReceivedEvent[] {
    return this.events.filter((each) => each.event === event);
  }

  close(): void {
    this.abort.abort();
  }

  private async read(body: ReadableStream<Uint8Array>): Promise<void> {
    let rest = '';
    try {
      for await (const text of body.pipeThrough(new TextDecoderStream())) {
        const parts = (rest + text).split('\n\n');
        rest = parts.pop()!;
        for (const part of parts) this.take(part);
      }
    } catch {
      // A stream that is broken off has ended, too.
    }
    this.ended = true;
  }

  private take(part: string): void {
    const field = (name: string) =>
      part
        .split('\n')
        .find((line) => line.startsWith(`${name}: `))
        ?.slice(name.length + 2);
    const event = field('event');
    if (event) this.events.push({ event, id: field('id'), data: JSON.parse(field('data')!) });
    else if (part.startsWith(':')) this.pings++;
  }
}
