import { useState } from 'preact/hooks';
import { Problem } from '../api/problem.js';
import { request } from '../api/request.js';
import { problemText, useLanguage } from '../texts/language.js';

/** Reminds of the link in the welcome mail, and has another one sent. */
export function ConfirmAddress({ email }: { email: string }) {
  const { texts } = useLanguage();
  const [told, setTold] = useState<string>();
  const [busy, setBusy] = useState(false);
  const resend = async () => {
    setBusy(true);
    try {
      await request('POST', '/v1/email-verifications/resend');
      setTold(texts.account.resent);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setTold(problemText(texts, error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div class="notice confirm">
      <p role="status">{told ?? texts.account.confirm(email)}</p>
      <button class="quiet" type="button" disabled={busy} onClick={() => void resend()}>
        {texts.account.resend}
      </button>
    </div>
  );
}
