/**
 * A JSON escape, or a run of characters as an address has them, and what comes after its `@`. Each character
 * is looked at once, however long the run is: anybody can have a path logged.
 */
const TOKENS = /\\(?:u[\da-f]{4}|.)|[^\s"\\<>()[\]{},;:/@]+(@[^\s"\\<>()[\]{},;:/@]+)?/g;

/** A log line without e-mail addresses, and without the passwords of URLs; JSON stays JSON. */
export function withoutAddresses(line: string): string {
  if (!line.includes('@')) return line;
  return line.replace(TOKENS, (token, domain?: string) => (domain ? '[address]' : token));
}
