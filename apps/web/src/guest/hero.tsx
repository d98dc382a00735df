import { isPrivate } from '../api/settings.js';
import { useLanguage } from '../texts/language.js';

/** What the product does, in ten seconds. */
export function Hero() {
  const { texts } = useLanguage();
  const { headline, emphasis } = texts.hero;
  const { lede, steps } = isPrivate() ? texts.hero.private : texts.hero.instant;
  return (
    <div class="hero">
      <div>
        <h1>
          {headline}
          {texts.space}
          <em>{emphasis}</em>
        </h1>
        <p class="lede">{lede}</p>
      </div>
      <ol class="how">
        {steps.map(([title, text]) => (
          <li key={title}>
            <strong>{title}</strong>
            <span>{text}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}
