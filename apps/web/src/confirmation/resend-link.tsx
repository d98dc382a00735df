import { useAction } from '../action/use-action.js';
import { request } from '../api/request.js';
import { useLanguage } from '../texts/language.js';

/** Has another link sent to an address that waits for its confirmation; whether it does is told to nobody. */
export function ResendLink({ email }: { email: string }) {
  const { texts } = useLanguage();
  const { told, failed, busy, act } = useAction();
  const resend = () =>
    act(async () => {
      await request('POST', '/v1/email-verifications/resend', { body: { email } });
      return ({ confirmation }) => confirmation.sent;
    });
  return (
    <>
      <div role="status">{told && <p class={`notice ${failed ? 'bad' : 'good'}`}>{told}</p>}</div>
      <button class="quiet" type="button" disabled={busy} onClick={resend}>
        {texts.confirmation.resend}
      </button>
    </>
  );
}
