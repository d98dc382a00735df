/** The fields of one group by their names in lower case; of several with one name the first. */
export type Fields = ReadonlyMap<string, string>;

/** A mail of ours has one recipient; a list that it was forwarded to has more. */
const MAX_GROUPS = 100;
const MAX_FIELD_CHARACTERS = 4_000;

/**
 * Reads groups of header fields, with a blank line between two groups (RFC 3464, section 2.1). What is no
 * field is left out, and so is what comes after the first 100 groups.
 */
export function readFieldGroups(text: string): Fields[] {
  const groups: Map<string, string>[] = [];
  let group: Map<string, string> | undefined;
  let open: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === '') {
      group = undefined;
      open = undefined;
    } else if (line.startsWith(' ') || line.startsWith('\t')) {
      if (group && open !== undefined) append(group, open, line);
    } else {
      if (!group) {
        if (groups.length === MAX_GROUPS) break;
        groups.push((group = new Map()));
      }
      open = begin(group, line);
    }
  }
  return groups;
}

/** The name of the field that the line begins; undefined when it begins none that counts. */
function begin(group: Map<string, string>, line: string): string | undefined {
  const colon = line.indexOf(':');
  const name = line.slice(0, Math.max(colon, 0)).trim().toLowerCase();
  if (name === '' || group.has(name)) return undefined;
  group.set(name, line.slice(colon + 1, colon + 1 + MAX_FIELD_CHARACTERS).trim());
  return name;
}

function append(group: Map<string, string>, name: string, line: string): void {
  const value = group.get(name)!;
  if (value.length >= MAX_FIELD_CHARACTERS) return;
  group.set(name, `${value} ${line.slice(0, MAX_FIELD_CHARACTERS).trim()}`.trim());
}
