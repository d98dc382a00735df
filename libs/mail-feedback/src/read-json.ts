/** 1 MiB. */
const MAX_BYTES = 1_048_576;

/** The value of a JSON text in UTF-8 of at most 1 MiB; undefined when it is none. */
export function readJson(raw: Buffer | string): unknown {
  if (raw.length > MAX_BYTES) return undefined;
  try {
    return JSON.parse(raw.toString()) as unknown;
  } catch {
    return undefined;
  }
}
