import { useAction } from '../action/use-action.js';
import { isPrivate } from '../api/settings.js';
import type { User } from '../api/types.js';
import { useAccount } from '../session/session.js';
import { useLanguage } from '../texts/language.js';
import { OwnAddress } from './own-address.js';

interface Props {
  readonly user: User;
  /** What has become of the mail with the link. */
  readonly delivery: string | undefined;
  readonly onUser: (user: User) => void;
}

/** Reminds of the link in the welcome mail, has another one sent, and lets the person correct the address. */
export function ConfirmAddress({ user, delivery, onUser }: Props) {
  const { texts } = useLanguage();
  const t = texts.account;
  const { ask } = useAccount();
  const { told, failed, busy, act } = useAction();
  // What became of the mail is newer than what was said when it was asked for.
  const undelivered = delivery && texts.timeline.undelivered[delivery]?.(user.email);
  const resend = () =>
    act(async () => {
      await ask('POST', '/v1/email-verifications/resend');
      return ({ account }) => account.resent;
    });
  return (
    <div class={failed || undelivered ? 'notice confirm bad' : 'notice confirm'}>
      <p role="status">{undelivered || told || t.confirm(user.email)}</p>
      {!undelivered && (
        <button class="quiet" type="button" disabled={busy} onClick={resend}>
          {t.resend}
        </button>
      )}
      {!isPrivate() && (
        <OwnAddress user={user} label={t.correct} isOver={Boolean(undelivered)} onUser={onUser} />
      )}
    </div>
  );
}
