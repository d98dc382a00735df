import type { Locale } from '#libs/contracts';

const GUIDES: Record<Locale, (displayName: string) => { title: string; body: string }> = {
  en: (displayName) => ({
    title: 'Getting started',
    body: [
      `Hello ${displayName}, good to have you here. Three things to begin with:`,
      '1. Open the link in the welcome mail, so that we know the address is yours.',
      '2. Look at your recommendations: each one says which of your interests it is there for.',
      '3. Change your interests whenever you like; the list follows.',
    ].join('\n'),
  }),
  'zh-CN': (displayName) => ({
    title: '新手指南',
    body: [
      `${displayName}，你好，很高兴认识你。先做三件事：`,
      '1. 打开欢迎邮件里的链接，确认这个邮箱是你的。',
      '2. 看看为你推荐的内容：每一条都写明了与你的哪个兴趣有关。',
      '3. 兴趣随时可以修改，推荐会跟着更新。',
    ].join('\n'),
  }),
};

/** The guide in the person's language, as plain text. */
export const gettingStartedGuide = (locale: Locale, displayName: string) =>
  GUIDES[locale](displayName);
