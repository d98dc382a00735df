import { locale as localeSchema } from '#libs/contracts';
import { gettingStartedGuide } from './getting-started-guide.js';

describe('the getting-started guide', () => {
  it('speaks English', () => {
    const { title, body } = gettingStartedGuide('en', 'Mike');

    expect(title).toBe('Getting started');
    expect(body).toContain('Hello Mike,');
  });

  it('speaks Chinese', () => {
    const { title, body } = gettingStartedGuide('zh-CN', '李明');

    expect(title).toBe('新手指南');
    expect(body).toContain('李明，你好');
  });

  it.each(localeSchema.options)('in %s has one line for each of three steps', (locale) => {
    const steps = gettingStartedGuide(locale, 'Mike').body.split('\n').slice(1);

    expect(steps.map((step) => step.slice(0, 3))).toEqual(['1. ', '2. ', '3. ']);
  });

  it('is plain text: the name stays as it is', () => {
    const name = `<b>$& "O'Brien"</b>`;

    expect(gettingStartedGuide('en', name).body).toContain(name);
  });
});
