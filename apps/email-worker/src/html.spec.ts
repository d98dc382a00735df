import { html } from './html.js';

describe('an HTML template', () => {
  it('escapes every character that means something in HTML', () => {
    expect(html`<p title="${`&<>"'`}">${`&<>"'`}</p>`.text).toBe(
      '<p title="&amp;&lt;&gt;&quot;&#39;">&amp;&lt;&gt;&quot;&#39;</p>',
    );
  });

  it('leaves other text as it is', () => {
    expect(html`<p>${'李明, Ana-María, 🦊, $1 \\n'}</p>`.text).toBe(
      '<p>李明, Ana-María, 🦊, $1 \\n</p>',
    );
  });

  it('escapes what was escaped before, since it is text again', () => {
    expect(html`${'&lt;'}`.text).toBe('&amp;lt;');
  });

  it('takes HTML that it has made itself as it is', () => {
    const inner = html`<b>${'<Mike>'}</b>`;

    expect(html`<p>${inner} ${'<i>'}</p>`.text).toBe('<p><b>&lt;Mike&gt;</b> &lt;i&gt;</p>');
  });
});
