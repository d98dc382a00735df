/** One part of the stack that is running. */
export interface RunningPart {
  readonly url: string;
  /** What a person may want to open, if it is not the URL. */
  readonly notes?: string;
  /** Of the program that looks after it; its parts are below that. */
  readonly pid?: number;
  readonly stop: () => Promise<void>;
}

/** A part that is named by a variable, or else started. */
export interface Part {
  readonly name: string;
  readonly variable: string;
  start(): Promise<RunningPart>;
}

/**
 * Uses what the environment names, or starts the part; a part that was named is never stopped. One that
 * ends at once is started a second time: another program may take a port after it was found free, as a
 * second stack does that starts at the same moment.
 * @throws Error that the second start failed with
 */
export async function provide(
  part: Part,
  env = process.env,
): Promise<RunningPart & { given: boolean }> {
  const url = env[part.variable];
  if (url) return { url, given: true, stop: async () => undefined };
  return { ...(await part.start().catch(() => part.start())), given: false };
}
