const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** HTML that is safe to put into HTML. */
export class Html {
  constructor(readonly text: string) {}
}

/** A template whose every inserted value is escaped, except HTML made by this same function. */
export function html(strings: TemplateStringsArray, ...values: (string | Html)[]): Html {
  const escaped = values.map((value) =>
    value instanceof Html
      ? value.text
      : value.replaceAll(/[&<>"']/g, (character) => ENTITIES[character]!),
  );
  return new Html(String.raw({ raw: strings }, ...escaped));
}
