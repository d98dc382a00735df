/** RFC 5321, section 4.5.3.1.3: 256 octets with the angle brackets. */
const MAX_CHARACTERS = 254;

const IN_BRACKETS = /<([^<>]{1,254})>\s{0,20}$/;
const PLAIN = /^[^\s@<>()]{1,64}@[^\s@<>()]{1,253}$/;

/** The address in `mike@example.com`, `<mike@example.com>` or `Mike <mike@example.com>`, in lower case, if there is one. */
export function addressIn(text: string): string | undefined {
  if (text.length > MAX_CHARACTERS * 2) return undefined;
  const address = (IN_BRACKETS.exec(text)?.[1] ?? text).trim().toLowerCase();
  return address.length <= MAX_CHARACTERS && PLAIN.test(address) ? address : undefined;
}

/** Whether both are one mailbox of ours, whose addresses are all kept in lower case. */
export const isSameAddress = (one: string, other: string): boolean =>
  one.toLowerCase() === other.toLowerCase();
