/** The type of `smtp; 550 No such user` or `rfc822; mike@example.com` (RFC 3464, section 2.1.2), in lower case. */
export const typeOfField = (field: string): string | undefined =>
  /^([a-z0-9-]{1,30})\s{0,5};/i.exec(field)?.[1]!.toLowerCase();

/** What stands behind the type, or all of it when there is none. */
export const withoutType = (field: string): string =>
  typeOfField(field) === undefined ? field : field.slice(field.indexOf(';') + 1).trim();
