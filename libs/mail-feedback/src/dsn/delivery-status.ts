import { addressIn } from '../addresses.js';
import { exactStatus } from '../enhanced-status.js';
import { oneLine } from '../one-line.js';
import { typeOfField, withoutType } from '../typed-field.js';
import { DSN_ACTIONS, type DsnAction, type DsnRecipient } from './dsn.js';
import { readFieldGroups, type Fields } from './field-groups.js';

/** What an enhanced status code says when the field `Action` is missing: its class (RFC 3463, section 3.1). */
const ACTION_OF_CLASS: Readonly<Record<string, DsnAction>> = {
  '2': 'delivered',
  '4': 'delayed',
  '5': 'failed',
};

/** The recipients in the content of `message/delivery-status` (RFC 3464, section 2); those that it names badly are left out. */
export const readDeliveryStatus = (content: string): DsnRecipient[] =>
  readFieldGroups(content).flatMap((fields) => readRecipient(fields) ?? []);

function readRecipient(fields: Fields): DsnRecipient | undefined {
  const originalAddress = mailAddress(fields.get('original-recipient'));
  const address = mailAddress(fields.get('final-recipient')) ?? originalAddress;
  const code = fields.get('diagnostic-code');
  const said = code && withoutType(code);
  const status = exactStatus(fields.get('status'), said);
  const action = readAction(fields.get('action')) ?? (status && ACTION_OF_CLASS[status[0]!]);
  if (!address || !action) return undefined;
  const diagnostic = said && oneLine(said);
  return {
    address,
    action,
    ...(originalAddress && { originalAddress }),
    ...(status && { status }),
    ...(diagnostic && { diagnostic }),
  };
}

/** The first word: some servers put a comment behind it. */
function readAction(field: string | undefined): DsnAction | undefined {
  const word = /^[a-z]{1,20}/i.exec(field ?? '')?.[0].toLowerCase();
  return DSN_ACTIONS.find((action) => action === word);
}

/** `rfc822; mike@example.com`. Other types of addresses, such as X.400, are none of ours. */
function mailAddress(field: string | undefined): string | undefined {
  if (field === undefined) return undefined;
  const type = typeOfField(field);
  if (type !== undefined && type !== 'rfc822' && type !== 'utf-8') return undefined;
  // A comment may stand behind it.
  return addressIn(withoutType(field).replace(/\s\([^()]{0,200}\)$/, ''));
}
