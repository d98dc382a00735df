import { sendEmailChangeEmail } from '#libs/contracts';
import { defineMail } from '../define-mail.js';

/** To a new address: a link by which it becomes that of the account. */
export const emailChangeEmail = defineMail({
  on: sendEmailChangeEmail,
  template: 'email-change',
  isAskedFor: true,
  link: 'email-change',
  texts: {
    en: {
      subject: 'Confirm your new address',
      intro: 'Somebody, most likely you, wants to use this address for their account.',
      action: 'Use this address',
      expiry: 'The link opens a page; the button there changes the address. It works for one day.',
      notYou: 'If it was not you, ignore this mail; nothing changes.',
    },
    'zh-CN': {
      subject: '确认新的邮箱',
      intro: '有人（很可能是你）想把这个邮箱用于自己的账号。',
      action: '使用这个邮箱',
      expiry: '链接会打开一个页面，点击其中的按钮即可更改。链接一天内有效。',
      notYou: '如果不是你本人，请忽略这封邮件，不会有任何改动。',
    },
  },
});
