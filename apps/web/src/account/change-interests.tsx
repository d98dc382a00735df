import { useEffect, useRef, useState } from 'preact/hooks';
import { useAction } from '../action/use-action.js';
import type { Interest, User } from '../api/types.js';
import { InterestChips } from '../interests/interest-chips.js';
import { useAccount } from '../session/session.js';
import { useLanguage } from '../texts/language.js';

interface Props {
  readonly id: string;
  readonly user: User;
  readonly interests: readonly Interest[];
  readonly onChanged: (user: User) => void;
  readonly onCancel: () => void;
}

/** Other interests for somebody who has an account. */
export function ChangeInterests({ id, user, interests, onChanged, onCancel }: Props) {
  const { texts } = useLanguage();
  const t = texts.recommendations;
  const { ask } = useAccount();
  const [chosen, setChosen] = useState(user.interests);
  const { told, busy, act } = useAction();
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector('input')?.focus(), []);

  const save = (event: SubmitEvent) => {
    event.preventDefault();
    act(async () => {
      onChanged(await ask<User>('PATCH', '/v1/me', { body: { interests: chosen } }));
    });
  };
  return (
    <form
      class="panel change-interests"
      id={id}
      ref={form}
      onSubmit={save}
      onKeyDown={({ key }) => key === 'Escape' && onCancel()}
    >
      <InterestChips interests={interests} chosen={chosen} onChange={setChosen} />
      <div role="alert">{told && <p class="notice bad">{told}</p>}</div>
      <div class="actions">
        <button class="primary" type="submit" disabled={busy}>
          {busy ? t.saving : t.save}
        </button>
        <button class="quiet" type="button" onClick={onCancel}>
          {t.cancel}
        </button>
      </div>
    </form>
  );
}
