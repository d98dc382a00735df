import { useLanguage } from '../texts/language.js';

/** What the product does, in ten seconds. */
export function Hero() {
  const { texts } = useLanguage();
  const { headline, emphasis, lede, steps } = texts.hero;
  return (
    <div class="hero">
      <div>
        <h1>
          {headline} <em>{emphasis}</em>
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
