import { useRef } from 'preact/hooks';
import { request } from '../api/request.js';
import { passwordMin } from '../api/settings.js';
import type { Interest, User } from '../api/types.js';
import { Field, FormError } from '../form/field.js';
import { NewPasswordField } from '../form/password-field.js';
import { isKnownAsCommon } from '../form/use-strength.js';
import { useSubmit } from '../form/use-submit.js';
import { InterestChips } from '../interests/interest-chips.js';
import { useLanguage } from '../texts/language.js';
import { browserTimeZone } from '../time/time-zone.js';
import { useChallenge } from './challenge/use-challenge.js';
import { checkSignUp } from './check-sign-up.js';
import type { DraftProps } from './draft.js';
import { IdempotencyKeys } from './idempotency-key.js';
import { keptPlace } from './line/kept-place.js';
import { useLine } from './line/use-line.js';
import { Preview } from './preview.js';
import { withTimeZone } from './with-time-zone.js';

const FIELDS = ['displayName', 'email', 'password', 'interests'] as const;

interface Props extends DraftProps {
  readonly interests: readonly Interest[];
  /** Somebody is logged in now; saving the account took `savedMs`. */
  readonly onSignedUp: (user: User, savedMs: number) => Promise<void>;
  readonly onCheckMail: (email: string) => void;
  readonly onLogIn: () => void;
}

export function SignUpForm(props: Props) {
  const { draft, onDraft, interests, onSignedUp, onCheckMail, onLogIn } = props;
  const { texts, locale } = useLanguage();
  const { displayName, email, interests: chosen } = draft;
  const keys = useRef(new IdempotencyKeys());
  const line = useLine(draft);
  const { waiting } = line;
  const challenge = useChallenge();

  const { form, errors, problem, busy } = useSubmit(FIELDS, async (fields) => {
    onDraft({ displayName: fields.displayName, email: fields.email });
    checkSignUp(fields, passwordMin(), isKnownAsCommon);
    const body = { ...fields, interests: chosen, locale };
    const timeZone = browserTimeZone();
    // One key for both: a sign-up that is refused for its time zone has not taken it.
    const headers = { 'idempotency-key': keys.current.for({ ...body, timeZone }) };
    let answer: { user?: User } | undefined;
    let startedAt = 0;
    await line.enter(async (ticket) => {
      startedAt = performance.now();
      answer = await challenge.kept.sendWith((solved) =>
        withTimeZone({ ...body, ...solved }, timeZone, (sent) =>
          request('POST', '/v1/signups', { body: sent, headers: { ...headers, ...ticket } }),
        ),
      );
    });
    if (answer?.user) await onSignedUp(answer.user, performance.now() - startedAt);
    else if (answer) onCheckMail(fields.email);
  });

  return (
    <div ref={line.container}>
      {waiting && <waiting.PlacePanel place={waiting.place} onLeave={line.leave} />}
      <div role="status">{challenge.isSolving && <p class="notice">{texts.signUp.solving}</p>}</div>
      <form {...form} hidden={waiting !== undefined}>
        <h2 tabIndex={-1}>{texts.signUp.heading}</h2>

        {keptPlace() && <p class="notice">{texts.line.kept}</p>}
        <FormError message={errors.form} />
        <Field
          name="displayName"
          label={texts.signUp.name}
          autocomplete="name"
          required
          maxLength={100}
          initial={displayName}
          onValue={(value) => onDraft({ displayName: value })}
          error={errors.fields.displayName}
        />
        <div class="field">
          <Field
            name="email"
            label={texts.signUp.email}
            type="email"
            autocomplete="email"
            required
            initial={email}
            onValue={(value) => onDraft({ email: value })}
            error={errors.fields.email}
          />
          {problem?.code === 'email_taken' && errors.fields.email && (
            <button class="quiet" type="button" onClick={onLogIn}>
              {texts.signUp.logInInstead}
            </button>
          )}
        </div>
        <NewPasswordField error={errors.fields.password} personal={[displayName, email]} />
        <InterestChips
          interests={interests}
          chosen={chosen}
          onChange={(tags) => onDraft({ interests: tags })}
        />
        {errors.fields.interests && <p class="error">{errors.fields.interests}</p>}
        <Preview interests={chosen} labels={interests} />
        <button class="primary" type="submit" disabled={busy}>
          {busy ? texts.signUp.submitting : texts.signUp.submit}
        </button>
      </form>
    </div>
  );
}
