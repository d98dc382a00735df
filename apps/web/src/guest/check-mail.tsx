import { ResendLink } from '../confirmation/resend-link.js';
import { useLanguage } from '../texts/language.js';

/** After a sign-up that tells nobody whether the address had an account: the rest is in the mail. */
export function CheckMail({ email, onCorrect }: { email: string; onCorrect: () => void }) {
  const t = useLanguage().texts.checkMail;
  return (
    <div>
      <h2 tabIndex={-1}>{t.heading}</h2>
      <p class="lead">{t.text(email)}</p>
      <div class="actions">
        <ResendLink email={email} />
        <button class="quiet" type="button" onClick={onCorrect}>
          {t.correct}
        </button>
      </div>
    </div>
  );
}
