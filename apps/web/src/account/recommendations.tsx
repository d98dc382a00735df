import { useRef, useState } from 'preact/hooks';
import { request } from '../api/request.js';
import type { Interest, Recommendation, RecommendationList, User } from '../api/types.js';
import { ArrowIcon } from '../shell/icons.js';
import type { Texts } from '../texts/en.js';
import { useLanguage } from '../texts/language.js';
import { ChangeInterests } from './change-interests.js';
import { useRecommendations } from './use-recommendations.js';

const FIRST_SHOWN = 9;
const CHANGE = 'change-interests';

interface Props {
  readonly user: User;
  readonly interests: readonly Interest[];
  /** Changes when the list is to be read again. */
  readonly version: number;
  readonly onUser: (user: User) => void;
}

/** The list, and for each item the interests that brought it there; they can be changed. */
export function Recommendations({ user, interests, version, onUser }: Props) {
  const { texts } = useLanguage();
  const t = texts.recommendations;
  const [all, setAll] = useState(false);
  const [changing, setChanging] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const { list, awaited, expectAnother } = useRecommendations(version);
  const items = list?.items ?? [];
  const shown = all ? items : items.slice(0, FIRST_SHOWN);
  const labelOf = (tag: string) => interests.find((each) => each.tag === tag)?.label ?? tag;

  const close = () => {
    setChanging(false);
    opener.current?.focus();
  };
  const change = (changed: User) => {
    close();
    onUser(changed);
    if (!isSameSet(changed.interests, user.interests)) expectAnother();
  };
  return (
    <section
      class="recommendations"
      aria-labelledby="recommendations-heading"
      aria-busy={!list || awaited === 'soon'}
    >
      <div class="panel-head">
        <h2 id="recommendations-heading">{t.heading}</h2>
        <p class="state" role="status">
          {awaited === 'soon' ? t.making : awaited === 'late' ? t.late : noteOf(list, t)}
        </p>
        {interests.length > 0 && (
          <button
            class="quiet"
            type="button"
            ref={opener}
            aria-expanded={changing}
            aria-controls={CHANGE}
            onClick={() => setChanging(!changing)}
          >
            {t.change}
          </button>
        )}
      </div>
      {changing && (
        <ChangeInterests
          id={CHANGE}
          user={user}
          interests={interests}
          onChanged={change}
          onCancel={close}
        />
      )}
      <ol>
        {shown.map((item) => (
          <Item key={item.itemId} item={item} labelOf={labelOf} />
        ))}
      </ol>
      {items.length > shown.length && (
        <button class="quiet" type="button" onClick={() => setAll(true)}>
          {texts.signUp.showAll(items.length)}
        </button>
      )}
    </section>
  );
}

function Item({ item, labelOf }: { item: Recommendation; labelOf: (tag: string) => string }) {
  const { texts } = useLanguage();
  return (
    <li>
      <a href={item.url} target="_blank" rel="noopener" onClick={() => recordOpened(item)}>
        <span class="title">{item.title}</span>
        <span class="host">
          {hostOf(item.url)} <ArrowIcon />
        </span>
        {item.because.length > 0 && (
          <span class="because">
            {texts.recommendations.because}
            {texts.space}
            <b>{item.because.map(({ tag }) => labelOf(tag)).join(texts.comma)}</b>
          </span>
        )}
      </a>
    </li>
  );
}

function noteOf(list: RecommendationList | undefined, t: Texts['recommendations']): string {
  if (list?.status === 'computing') return t.computing;
  if (list?.fallback === 'popular') return t.popular;
  return list?.fallback === 'partial' ? t.partial : '';
}

const isSameSet = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((tag) => b.includes(tag));

const hostOf = (url: string) => new URL(url).hostname.replace(/^www\./, '');

/** What was opened makes later lists better; nobody waits for it. */
function recordOpened({ itemId }: Recommendation): void {
  const path = `/v1/me/recommendations/${encodeURIComponent(itemId)}/opened`;
  request('POST', path, { keepalive: true }).catch(() => undefined);
}
