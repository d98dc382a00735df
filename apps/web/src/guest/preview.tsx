import type { Interest } from '../api/types.js';
import { useLanguage } from '../texts/language.js';
import { PREVIEW_LENGTH, usePreview } from './use-preview.js';

/** A taste of the recommendations; its place is kept while nothing is known yet. */
export function Preview(props: { interests: readonly string[]; labels: readonly Interest[] }) {
  const { texts } = useLanguage();
  const list = usePreview(props.interests);
  const labelOf = (tag: string) => props.labels.find((each) => each.tag === tag)?.label ?? tag;
  const fallback = list?.fallback ?? (props.interests.length === 0 ? 'popular' : 'none');
  return (
    <section
      class="preview"
      data-failed={list === null}
      aria-live="polite"
      aria-busy={list === undefined}
    >
      <h3>{texts.signUp.preview[fallback]}</h3>
      <ol>
        {Array.from({ length: PREVIEW_LENGTH }, (_, place) => {
          const item = list?.items[place];
          return (
            <li key={item?.itemId ?? place}>
              <span class="title">{item?.title ?? '\u00a0'}</span>
              <span class="because">
                {item?.because.map(({ tag }) => labelOf(tag)).join(texts.comma)}
              </span>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
