import { useEffect, useState } from 'preact/hooks';
import { Problem } from './api/problem.js';
import { request } from './api/request.js';
import { takeLinkToken } from './link-pages/link-token.js';
import { Shell } from './shell/shell.js';
import { start } from './shell/start.js';
import { problemText, useLanguage } from './texts/language.js';

const token = takeLinkToken();

function VerifyEmail() {
  const { texts } = useLanguage();
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
              <p class="lead">{t.doneText}</p>
              <a class="primary" href="/">
                {t.home}
              </a>
            </>
          )}
          {state === 'refused' && problem && (
            <>
              <h1>{isSpent ? t.invalid : t.failed}</h1>
              <p class="lead">{isSpent ? t.invalidText : problemText(texts, problem)}</p>
              {isSpent ? (
                <a class="primary" href="/">
                  {t.home}
                </a>
              ) : (
                <button class="primary" type="button" onClick={verify}>
                  {t.retry}
                </button>
              )}
            </>
          )}
        </section>
      </div>
    </Shell>
  );
}

start(VerifyEmail, 'verify');
