import { useEffect, useState } from 'preact/hooks';
import { Problem } from './api/problem.js';
import { request } from './api/request.js';
import { here, isPrivate } from './api/settings.js';
import { EmailForm } from './form/email-form.js';
import { takeLinkToken } from './link-pages/link-token.js';
import { Shell } from './shell/shell.js';
import { start } from './shell/start.js';
import { useLanguage } from './texts/language.js';
import { problemText } from './texts/problem-text.js';

const token = takeLinkToken();

function VerifyEmail() {
  const { texts, locale } = useLanguage();
  const t = texts.verify;
  const [problem, setProblem] = useState<Problem>();
  const [state, setState] = useState<'working' | 'done' | 'refused'>('working');

  const verify = () => {
    setState('working');
    request('POST', '/v1/email-verifications', { body: { token } }).then(
      () => setState('done'),
      (error: Problem) => {
        setProblem(error);
        setState('refused');
      },
    );
  };
  useEffect(verify, []);

  // A link without a token fails the schema before it can be judged.
  const isSpent = problem?.code === 'invalid_token' || problem?.code === 'validation_failed';
  return (
    <Shell>
      <div class="centre">
        <section class="card" aria-live="polite">
          {state === 'working' && <h1>{t.working}</h1>}
          {state === 'done' && (
            <>
              <h1>{t.done}</h1>
              <p class="lead">{isPrivate() ? t.doneTextPrivate : t.doneText}</p>
              <a class="primary" href={here(isPrivate() ? '/#log-in' : '/')}>
                {isPrivate() ? texts.reset.toLogIn : t.home}
              </a>
            </>
          )}
          {state === 'refused' && problem && isSpent && <AnotherLink />}
          {state === 'refused' && problem && !isSpent && (
            <>
              <h1>{t.failed}</h1>
              <p class="lead">{problemText(texts, problem, locale)}</p>
              <button class="primary" type="button" onClick={verify}>
                {texts.retry}
              </button>
            </>
          )}
        </section>
      </div>
    </Shell>
  );
}

/** Instead of a link that works no more. */
function AnotherLink() {
  const { texts } = useLanguage();
  const [email, setEmail] = useState('');
  return (
    <>
      <h1>{texts.verify.invalid}</h1>
      <p class="lead">{texts.verify.invalidText}</p>
      <EmailForm
        texts={texts.confirmation}
        path="/v1/email-verifications/resend"
        email={email}
        onEmail={setEmail}
      >
        <a class="quiet" href={here('/')}>
          {texts.verify.home}
        </a>
      </EmailForm>
    </>
  );
}

start(VerifyEmail, 'verify');
