import { sendVerificationEmail } from '#libs/contracts';
import { defineMail } from '../define-mail.js';

/** Another verification link, for a person who has lost the first. */
export const verificationEmail = defineMail({
  on: sendVerificationEmail,
  template: 'verification',
  isAskedFor: true,
  link: 'email-verification',
  texts: {
    en: {
      subject: 'Confirm your address',
      intro: 'Here is another link to confirm that this address is yours.',
      action: 'Confirm my address',
      expiry:
        'The link opens a page; the button there confirms the address. It works for seven days.',
      notYou: 'If you did not ask for it, ignore this mail; the address stays unconfirmed.',
    },
    'zh-CN': {
      subject: '确认你的邮箱',
      intro: '这是一个新的链接，用来确认这个邮箱是你的。',
      action: '确认邮箱',
      expiry: '链接会打开一个页面，点击其中的按钮即可确认。链接七天内有效。',
      notYou: '如果不是你本人请求，请忽略这封邮件，邮箱不会被确认。',
    },
  },
});
