import { useAction } from '../action/use-action.js';
import type { User } from '../api/types.js';
import { useAccount } from '../session/session.js';
import { useLanguage } from '../texts/language.js';

interface Props {
  readonly user: User;
  readonly onUser: (user: User) => void;
}

/** Switches mails with tips on and off. It shows what is saved, and keeps the focus while it is being saved. */
export function TipsSwitch({ user, onUser }: Props) {
  const { texts } = useLanguage();
  const { ask } = useAccount();
  const { told, busy, act } = useAction();
  const toggle = () => {
    if (busy) return;
    act(async () => {
      onUser(await ask<User>('PATCH', '/v1/me', { body: { tips: !user.tips } }));
    });
  };
  return (
    <>
      <button
        class="switch"
        type="button"
        role="switch"
        aria-checked={user.tips}
        aria-disabled={busy}
        onClick={toggle}
      >
        {texts.mails.tips}
        <span class="slot" />
      </button>
      <div role="alert">{told && <p class="notice bad">{told}</p>}</div>
    </>
  );
}
