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

/** Uses what the environment names, or starts the part; a part that was named is never stopped. */
export async function provide(
  part: Part,
  env = process.env,
): Promise<RunningPart & { given: boolean }> {
  const url = env[part.variable];
  if (url) return { url, given: true, stop: async () => undefined };
  return { ...(await part.start()), given: false };
}
