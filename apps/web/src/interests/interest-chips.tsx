import { useState } from 'preact/hooks';
import type { Interest } from '../api/types.js';
import { useLanguage } from '../texts/language.js';

/** As many as a sign-up may carry. */
const MAX_CHOSEN = 20;
const FIRST_SHOWN = 12;

interface Props {
  readonly interests: readonly Interest[];
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}

/** Interests to choose from, those with the most items first. */
export function InterestChips({ interests, chosen, onChange }: Props) {
  const { texts } = useLanguage();
  const [all, setAll] = useState(false);
  const sorted = interests.toSorted((a, b) => b.items - a.items || a.tag.localeCompare(b.tag));
  const shown = sorted.filter(({ tag }, i) => all || i < FIRST_SHOWN || chosen.includes(tag));
  const toggle = (tag: string) =>
    onChange(chosen.includes(tag) ? chosen.filter((each) => each !== tag) : [...chosen, tag]);
  return (
    <fieldset class="interests" aria-describedby="interests-hint">
      <legend>{texts.signUp.interests}</legend>
      <p class="hint" id="interests-hint">
        {texts.signUp.interestsHint}
      </p>
      <div class="chips">
        {shown.map(({ tag, label }) => (
          <label class="chip" key={tag}>
            <input
              type="checkbox"
              name="interests"
              value={tag}
              checked={chosen.includes(tag)}
              disabled={!chosen.includes(tag) && chosen.length >= MAX_CHOSEN}
              onChange={() => toggle(tag)}
            />
            <span>{label}</span>
          </label>
        ))}
        {interests.length > FIRST_SHOWN && (
          <button type="button" class="more" aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? texts.signUp.showFewer : texts.signUp.showAll(interests.length)}
          </button>
        )}
      </div>
    </fieldset>
  );
}
