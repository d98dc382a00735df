import { Problem } from '../api/problem.js';
import { request } from '../api/request.js';
import { useLanguage } from '../texts/language.js';

/** Ends the session; one that has ended already is as good. */
export function LogOutButton({ onLoggedOut }: { onLoggedOut: () => void }) {
  const { texts } = useLanguage();
  const logOut = () => {
    request('DELETE', '/v1/sessions/current').then(onLoggedOut, (error) => {
      if (error instanceof Problem && error.code === 'unauthenticated') onLoggedOut();
    });
  };
  return (
    <button class="quiet" type="button" onClick={logOut}>
      {texts.account.logOut}
    </button>
  );
}
