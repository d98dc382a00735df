import { useEffect, useState } from 'preact/hooks';
import { request } from '../api/request.js';
import type { Interest, Recommendation, RecommendationList } from '../api/types.js';
import { ArrowIcon } from '../shell/icons.js';
import { useLanguage } from '../texts/language.js';

const FIRST_SHOWN = 9;

interface Props {
  readonly interests: readonly Interest[];
  /** Changes when the list is to be read again. */
  readonly version: number;
}

/** The list, and for each item the interests that brought it there. */
export function Recommendations({ interests, version }: Props) {
  const { texts } = useLanguage();
  const t = texts.recommendations;
  const [all, setAll] = useState(false);
  const [list, setList] = useState<RecommendationList>();
  useEffect(() => {
    request<RecommendationList>('GET', '/v1/me/recommendations').then(setList, () => undefined);
  }, [version]);
  const items = list?.items ?? [];
  const shown = all ? items : items.slice(0, FIRST_SHOWN);
  const labelOf = (tag: string) => interests.find((each) => each.tag === tag)?.label ?? tag;
  const note =
    list?.status === 'computing'
      ? t.computing
      : list?.fallback === 'popular'
        ? t.popular
        : list?.fallback === 'partial'
          ? t.partial
          : '';
  return (
    <section class="recommendations" aria-labelledby="recommendations-heading" aria-busy={!list}>
      <div class="panel-head">
        <h2 id="recommendations-heading">{t.heading}</h2>
        <p class="state">{note}</p>
      </div>
      <ol>
        {shown.map((item) => (
          <li key={item.itemId}>
            <a href={item.url} target="_blank" rel="noopener" onClick={() => recordOpened(item)}>
              <span class="title">{item.title}</span>
              <span class="host">
                {hostOf(item.url)} <ArrowIcon />
              </span>
              {item.because.length > 0 && (
                <span class="because">
                  {t.because} <b>{item.because.map(({ tag }) => labelOf(tag)).join(', ')}</b>
                </span>
              )}
            </a>
          </li>
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

const hostOf = (url: string) => new URL(url).hostname.replace(/^www\./, '');

/** What was opened makes later lists better; nobody waits for it. */
function recordOpened({ itemId }: Recommendation): void {
  const path = `/v1/me/recommendations/${encodeURIComponent(itemId)}/opened`;
  request('POST', path, { keepalive: true }).catch(() => undefined);
}
