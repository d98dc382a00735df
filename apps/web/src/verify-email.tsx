import { send } from './api/request.js';
import { here, isPrivate } from './api/settings.js';
import { EmailForm } from './form/email-form.js';
import { FormError } from './form/field.js';
import { useSubmit } from './form/use-submit.js';
import { LinkOutcome, LinkPage } from './link-pages/link-page.js';
import { outcomeOf, type Outcome } from './link-pages/outcome.js';
import { useLink } from './link-pages/use-link.js';
import { start } from './shell/start.js';
import { useLanguage } from './texts/language.js';

/**
 * Confirms an address by a click, and never before: mail gateways and previews open links as well, and run
 * the scripts that they find.
 */
function VerifyEmail() {
  const { texts } = useLanguage();
  const { link, end, hasEnded } = useLink();
  const t = texts.verify;
  if ('token' in link)
    return (
      <LinkPage>
        <ConfirmForm token={link.token} onEnd={end} />
      </LinkPage>
    );
  return (
    <LinkPage>
      {link.outcome === 'invalid' ? (
        <LinkOutcome heading={t.invalid} text={t.invalidText} isNew={hasEnded}>
          <EmailForm texts={texts.confirmation} path="/v1/email-verifications/resend">
            <a class="quiet" href={here('/')}>
              {t.home}
            </a>
          </EmailForm>
        </LinkOutcome>
      ) : (
        <LinkOutcome
          heading={link.outcome === 'done' ? t.done : t.already}
          text={isPrivate() ? t.doneTextPrivate : t.doneText}
          isNew={hasEnded}
        >
          <a class="primary" href={here(isPrivate() ? '/#log-in' : '/')}>
            {isPrivate() ? texts.reset.toLogIn : t.home}
          </a>
        </LinkOutcome>
      )}
    </LinkPage>
  );
}

function ConfirmForm({ token, onEnd }: { token: string; onEnd: (outcome: Outcome) => void }) {
  const t = useLanguage().texts.verify;
  const { form, errors, busy } = useSubmit([], async () => {
    try {
      const { headers } = await send('POST', '/v1/email-verifications', { body: { token } });
      onEnd(headers.has('idempotency-replayed') ? 'spent' : 'done');
    } catch (error) {
      const outcome = outcomeOf(error);
      if (!outcome) throw error;
      onEnd(outcome);
    }
  });
  return (
    <form {...form}>
      <h1>{t.heading}</h1>
      <p class="lead">{t.text}</p>
      <FormError message={errors.form} />
      <button class="primary" type="submit" disabled={busy}>
        {busy ? t.submitting : t.submit}
      </button>
    </form>
  );
}

start(VerifyEmail, 'verify');
