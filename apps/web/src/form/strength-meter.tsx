import { roughDuration } from '../time/durations.js';
import { useLanguage } from '../texts/language.js';
import type { Texts } from '../texts/en.js';
import { CENTURY_SECONDS, levelOf } from './strength-level.js';
import type { Strength } from './strength.js';

interface Props {
  readonly id: string;
  /** What is asked for, until something is typed. */
  readonly hint: string;
  /** Characters that are still missing. */
  readonly missing: number;
  readonly strength: Strength | undefined;
}

/** Five segments and a sentence; its place is kept, so that nothing moves when it changes. */
export function StrengthMeter({ id, hint, missing, strength }: Props) {
  const { texts, locale } = useLanguage();
  const told = [
    missing > 0 && texts.strength.missing(missing),
    strength && sentence(strength, texts, locale),
  ].filter(Boolean);
  return (
    <div class="strength" data-level={strength && levelOf(strength.seconds)}>
      <div class="segments" aria-hidden="true">
        {texts.strength.levels.map((level) => (
          <span key={level} />
        ))}
      </div>
      <p id={id} class="hint" aria-live="polite">
        {told.length > 0 ? told.join(texts.space) : hint}
      </p>
    </div>
  );
}

function sentence({ seconds, warning }: Strength, texts: Texts, locale: string): string {
  const { levels, warnings, instant, centuries, time } = texts.strength;
  const guessed =
    seconds < 1
      ? instant
      : seconds >= CENTURY_SECONDS
        ? centuries
        : time(roughDuration(seconds * 1_000, locale));
  return texts.strength.sentence(
    levels[levelOf(seconds)]!,
    guessed,
    (warning && warnings[warning]) ?? '',
  );
}
