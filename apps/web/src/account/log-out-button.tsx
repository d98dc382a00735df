import { useAction } from '../action/use-action.js';
import { useLanguage } from '../texts/language.js';

/** Ends the session, or says that it could not. */
export function LogOutButton({ leave }: { leave: () => Promise<void> }) {
  const { texts } = useLanguage();
  const { told, busy, act } = useAction();
  return (
    <div class="log-out">
      <button class="quiet" type="button" disabled={busy} onClick={() => act(leave)}>
        {texts.account.logOut}
      </button>
      <div role="alert">{told && <p class="notice bad">{told}</p>}</div>
    </div>
  );
}
