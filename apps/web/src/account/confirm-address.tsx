import { useAction } from '../action/use-action.js';
import { useAccount } from '../session/session.js';
import { useLanguage } from '../texts/language.js';

/** Reminds of the link in the welcome mail, and has another one sent. */
export function ConfirmAddress({ email }: { email: string }) {
  const { texts } = useLanguage();
  const { ask } = useAccount();
  const { told, failed, busy, act } = useAction();
  const resend = () =>
    act(async () => {
      await ask('POST', '/v1/email-verifications/resend');
      return ({ account }) => account.resent;
    });
  return (
    <div class={failed ? 'notice confirm bad' : 'notice confirm'}>
      <p role="status">{told || texts.account.confirm(email)}</p>
      <button class="quiet" type="button" disabled={busy} onClick={resend}>
        {texts.account.resend}
      </button>
    </div>
  );
}
