/** class "." subject "." detail (RFC 3463, section 2); no longer number, such as an IP address, begins with it. */
const STATUS = '([245]\\.\\d{1,3}\\.\\d{1,3})(?!\\.?\\d)';
const STATED = new RegExp(`^\\s{0,20}${STATUS}`);
/** After the reply code (RFC 2034); some servers put a `#` before one of the two. */
const AFTER_CODE = new RegExp(`^\\s{0,20}#?(?:[245]\\d\\d[ :-]{1,3})?#?${STATUS}`);
/** As qmail writes it, at the end of what it says. */
const IN_BRACKETS = new RegExp(`\\(#${STATUS}\\)`);
const REPLY_CODE = /^\s{0,20}#?([245])\d\d(?=[\s:-]|$)/;

/** Where a reply's codes are; more of it is not looked at. */
const LOOKED_AT = 2_000;

/** The enhanced status code in the reply of a mail server, such as `5.1.1`; undefined when it has none. */
export function statusInReply(text: string): string | undefined {
  const start = text.slice(0, LOOKED_AT);
  return (AFTER_CODE.exec(start) ?? IN_BRACKETS.exec(start))?.[1];
}

/**
 * The most exact status code of a report (RFC 3464): the one that it states; when that names only a class, as
 * 5.0.0 does, the one in the words of the server, if it is of that class; at the least the class of the
 * server's reply code. Undefined when there is none at all.
 */
export function exactStatus(
  stated: string | undefined,
  diagnostic: string | undefined,
): string | undefined {
  const status = stated === undefined ? undefined : STATED.exec(stated)?.[1];
  if (diagnostic === undefined || (status && !status.endsWith('.0.0'))) return status;
  const said = statusInReply(diagnostic);
  if (status) return said?.[0] === status[0] ? said : status;
  const replyClass = REPLY_CODE.exec(diagnostic)?.[1];
  return said ?? (replyClass && `${replyClass}.0.0`);
}
