import type { UpcomingMail, User } from '../api/types.js';
import type { Texts } from '../texts/en.js';
import { useLanguage } from '../texts/language.js';
import { formatDueMoment } from '../time/due-moment.js';
import { OwnAddress } from './own-address.js';
import { TipsSwitch } from './tips-switch.js';
import { useUpcoming } from './use-upcoming.js';

interface Props {
  readonly user: User;
  readonly onUser: (user: User) => void;
}

/** Whether the person wants tips, and the mails that are to follow. */
export function Mails({ user, onUser }: Props) {
  const { texts, locale } = useLanguage();
  const t = texts.mails;
  const upcoming = useUpcoming(user);
  return (
    <section class="panel mails" aria-labelledby="mails-heading">
      <div class="panel-head">
        <h2 id="mails-heading">{t.heading}</h2>
      </div>
      {user.emailVerified && (
        <OwnAddress user={user} label={texts.changeEmail.open} onUser={onUser} />
      )}
      <TipsSwitch user={user} onUser={onUser} />
      {upcoming.length > 0 && (
        <div class="upcoming">
          <h3>{t.upcoming}</h3>
          <ul>
            {upcoming.map((mail) => (
              <li key={mail.name}>
                {nameOf(mail, user, t)}
                <time dateTime={mail.dueAt}>
                  {formatDueMoment(mail.dueAt, locale, user.timeZone)}
                </time>
              </li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}

function nameOf({ name }: UpcomingMail, { emailVerified }: User, t: Texts['mails']): string {
  return (emailVerified ? undefined : t.unconfirmed[name]) ?? t.names[name] ?? name;
}
