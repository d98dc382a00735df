import { useEffect, useState } from 'preact/hooks';
import { request } from '../api/request.js';
import type { RecommendationList } from '../api/types.js';
import { useLanguage } from '../texts/language.js';

const SETTLE_MS = 200;
export const PREVIEW_LENGTH = 3;

/**
 * What would be recommended for these interests; the last answer stays until the next one is there.
 * Undefined before the first, null when there is none to be had.
 */
export function usePreview(interests: readonly string[]): RecommendationList | null | undefined {
  const { locale } = useLanguage();
  const [list, setList] = useState<RecommendationList | null>();
  useEffect(() => {
    const abort = new AbortController();
    const timer = setTimeout(() => {
      request<RecommendationList>('POST', '/v1/recommendations/preview', {
        body: { interests, limit: PREVIEW_LENGTH },
        headers: { 'accept-language': locale },
        signal: abort.signal,
      }).then(setList, () => {
        // Without a preview the form is as good.
        if (!abort.signal.aborted) setList(null);
      });
    }, SETTLE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [interests.join(), locale]);
  return list;
}
