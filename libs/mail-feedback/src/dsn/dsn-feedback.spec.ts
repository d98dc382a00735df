import type { DsnRecipient } from './dsn.js';
import { dsnFeedback } from './dsn-feedback.js';

const at = new Date('2026-11-28T09:15:04Z');
const id = 'a'.repeat(42);
const mail = { id, recipient: 'Mike@example.com', at };
const bounced: DsnRecipient = {
  address: 'mike@example.com',
  action: 'failed',
  status: '5.1.1',
  diagnostic: '550 5.1.1 unknown',
};
const feedback = (...recipients: Partial<DsnRecipient>[]) =>
  dsnFeedback({ recipients: recipients.map((recipient) => ({ ...bounced, ...recipient })) }, mail);

describe('the report on a mail', () => {
  it('says that it has bounced, and why', () => {
    expect(feedback({})).toEqual({
      kind: 'bounced',
      id,
      recipient: 'mike@example.com',
      at,
      bounce: 'hard',
      status: '5.1.1',
      diagnostic: '550 5.1.1 unknown',
    });
    expect(feedback({ status: undefined })).toMatchObject({ bounce: 'blocked' });
    expect(feedback({ status: '4.4.7' })).toMatchObject({ bounce: 'soft' });
  });

  it('says that it was delivered, when somebody has asked for that', () => {
    expect(feedback({ action: 'delivered', status: '2.0.0' })).toEqual({
      kind: 'delivered',
      id,
      recipient: 'mike@example.com',
      at,
    });
  });

  it.each(['delayed', 'relayed', 'expanded'] as const)(
    'decides nothing when it was %s',
    (action) => {
      expect(feedback({ action })).toBeUndefined();
      expect(feedback({ action }, {})).toMatchObject({ kind: 'bounced' });
    },
  );

  it('counts for its recipient only', () => {
    expect(feedback({ address: 'eve@example.com' })).toBeUndefined();
    expect(feedback({ address: 'eve@example.com' }, {})).toMatchObject({
      recipient: 'mike@example.com',
    });
  });

  it('counts when it was forwarded, if the report names the recipient too', () => {
    const forwarded = { address: 'mike@mail.example', originalAddress: 'mike@example.com' };

    expect(feedback(forwarded)).toMatchObject({ kind: 'bounced', recipient: 'mike@example.com' });
  });
});
