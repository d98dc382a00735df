import { locale as localeSchema } from '#libs/contracts';
import { welcomeEmail } from './welcome-email.template.js';

const LINK = 'https://usher.example/verify-email#token=a.b-c.d_e';
const locales = localeSchema.options;

describe('the welcome mail', () => {
  it('speaks English', () => {
    const mail = welcomeEmail('en', 'Mike', LINK);

    expect(mail.subject).toBe('Welcome to Usher');
    expect(mail.text).toContain('Hello Mike,');
    expect(mail.html).toContain('<p>Hello Mike,</p>');
    expect(mail.html).toContain('<html lang="en">');
  });

  it('speaks Chinese', () => {
    const mail = welcomeEmail('zh-CN', '李明', LINK);

    expect(mail.subject).toBe('欢迎使用 Usher');
    expect(mail.text).toContain('李明，你好：');
    expect(mail.html).toContain('<p>李明，你好：</p>');
    expect(mail.html).toContain('<html lang="zh-CN">');
  });

  it.each(locales)('in %s has the link in both of its parts', (locale) => {
    const { text, html } = welcomeEmail(locale, 'Mike', LINK);

    expect(text).toContain(LINK);
    expect(html).toContain(`href="${LINK}"`);
  });

  it.each(locales)('in %s escapes the name in HTML and not in plain text', (locale) => {
    const name = `<img src=x onerror="alert('hi')">`;
    const { text, html } = welcomeEmail(locale, name, LINK);

    expect(text).toContain(name);
    expect(html).not.toContain('<img');
    expect(html).toContain('&lt;img src=x onerror=&quot;alert(&#39;hi&#39;)&quot;&gt;');
  });

  it('cannot be left through the link', () => {
    const { html } = welcomeEmail('en', 'Mike', `${LINK}"><script>alert(1)</script>`);

    expect(html).not.toContain('<script');
  });

  it.each(locales)('in %s says how long the link works', (locale) => {
    const days = { en: 'seven days', 'zh-CN': '七天' }[locale];
    const { text, html } = welcomeEmail(locale, 'Mike', LINK);

    expect(text).toContain(days);
    expect(html).toContain(days);
  });

  it('loads nothing from anywhere', () => {
    const { html } = welcomeEmail('en', 'Mike', LINK);

    expect(html).not.toMatch(/<(img|script|link|iframe)|url\(|@import/i);
  });
});
