import type { Notification } from '../api/types.js';
import { unreadOf, withNotification } from './inbox-state.js';

const message = (id: string, readAt: string | null = null): Notification => ({
  id,
  title: id,
  body: '',
  createdAt: '2026-01-01T00:00:00Z',
  readAt,
});

describe('an inbox', () => {
  it('has the newest first, and each message once', () => {
    const inbox = ['b', 'a', 'c', 'b'].map((id) => message(id)).reduce(withNotification, []);
    expect(inbox.map(({ id }) => id)).toEqual(['c', 'b', 'a']);
  });

  it('takes a newer state in the place of an older', () => {
    const inbox = [message('a'), message('a', '2026-01-01T00:00:01Z')].reduce(withNotification, []);
    expect(unreadOf(inbox)).toBe(0);
    expect(unreadOf([message('b'), ...inbox])).toBe(1);
  });
});
