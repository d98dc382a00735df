import { here, isPrivate } from './api/settings.js';
import { EmailForm } from './form/email-form.js';
import { ConfirmLink } from './link-pages/confirm-link.js';
import { LinkOutcome, LinkPage } from './link-pages/link-page.js';
import { useLink } from './link-pages/use-link.js';
import { start } from './shell/start.js';
import { useLanguage } from './texts/language.js';

/** Confirms an address. */
function VerifyEmail() {
  const { texts } = useLanguage();
  const { link, end, hasEnded } = useLink();
  const t = texts.verify;
  if ('token' in link)
    return (
      <LinkPage>
        <ConfirmLink texts={t} path="/v1/email-verifications" token={link.token} onEnd={end} />
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

start(VerifyEmail, 'verify');
