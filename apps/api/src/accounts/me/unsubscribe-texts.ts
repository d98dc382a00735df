import type { Locale } from '#libs/contracts';

/** What has become of the link. */
export type UnsubscribeState = 'asks' | 'ended' | 'expired' | 'unknown';

interface Text {
  readonly heading: string;
  readonly text: string;
  /** The button, or the link to what to do next. */
  readonly next: string;
}

/** What the page of a link that ends tips says. */
export const UNSUBSCRIBE_TEXTS: Readonly<Record<Locale, Readonly<Record<UnsubscribeState, Text>>>> =
  {
    en: {
      asks: {
        heading: 'Do you want no more tips?',
        text: 'We then send you no more mails with tips. Mails about your account still come.',
        next: 'Send me no more tips',
      },
      ended: {
        heading: 'You get no more tips',
        text: 'We have noted it. You can switch tips on again in your account at any time.',
        next: 'To your account',
      },
      expired: {
        heading: 'This link has expired',
        text: 'It was good for a year. You can switch tips off in your account.',
        next: 'To your account',
      },
      unknown: {
        heading: 'This link does not work',
        text: 'It may have been cut off on its way. Open it from the mail once more, or switch tips off in your account.',
        next: 'To your account',
      },
    },
    'zh-CN': {
      asks: {
        heading: '不再接收使用建议？',
        text: '之后我们不再发送使用建议邮件；与账号有关的邮件仍会发送。',
        next: '不再接收使用建议',
      },
      ended: {
        heading: '已停止发送使用建议',
        text: '设置已保存。你可以随时在账号中重新开启。',
        next: '前往账号',
      },
      expired: {
        heading: '此链接已过期',
        text: '链接有效期为一年。你可以在账号中关闭使用建议。',
        next: '前往账号',
      },
      unknown: {
        heading: '此链接无效',
        text: '链接可能不完整。请从邮件中重新打开，或在账号中关闭使用建议。',
        next: '前往账号',
      },
    },
  };
