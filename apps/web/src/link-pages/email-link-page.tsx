import { here } from '../api/settings.js';
import { useLanguage } from '../texts/language.js';
import { ConfirmLink } from './confirm-link.js';
import { LinkOutcome, LinkPage } from './link-page.js';
import { useLink } from './use-link.js';

interface Props {
  readonly texts: 'newAddress' | 'oldAddress';
  /** Where the token is sent. */
  readonly path: string;
}

/** A page that a mail about a change of address leads to. */
export function EmailLinkPage({ texts: name, path }: Props) {
  const t = useLanguage().texts[name];
  const { link, end, hasEnded } = useLink();
  if ('token' in link)
    return (
      <LinkPage>
        <ConfirmLink texts={t} path={path} token={link.token} onEnd={end} />
      </LinkPage>
    );
  const isInvalid = link.outcome === 'invalid';
  return (
    <LinkPage>
      <LinkOutcome
        heading={isInvalid ? t.invalid : t.done}
        text={isInvalid ? t.invalidText : t.doneText}
        isNew={hasEnded}
      >
        <a class="primary" href={here('/')}>
          {t.home}
        </a>
      </LinkOutcome>
    </LinkPage>
  );
}
