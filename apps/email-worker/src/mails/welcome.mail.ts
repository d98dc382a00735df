import { sendWelcomeEmail } from '#libs/contracts';
import { defineMail } from '../define-mail.js';

/** The welcome mail with its verification link: after the sign-up, and after a correction of the address. */
export const welcomeEmail = defineMail({
  on: sendWelcomeEmail,
  template: 'welcome',
  isWanted: ({ verified = false }) => !verified,
  link: 'email-verification',
  texts: {
    en: {
      subject: 'Welcome to Usher',
      intro: 'Your account is ready. One thing is left: confirm that this address is yours.',
      action: 'Confirm my address',
      expiry:
        'The link opens a page; the button there confirms the address. It works for seven days.',
      notYou: 'If you did not sign up, ignore this mail; the address stays unconfirmed.',
    },
    'zh-CN': {
      subject: '欢迎使用 Usher',
      intro: '你的账号已经可以使用。还差一步：确认这个邮箱是你的。',
      action: '确认邮箱',
      expiry: '链接会打开一个页面，点击其中的按钮即可确认。链接七天内有效。',
      notYou: '如果不是你本人注册，请忽略这封邮件，邮箱不会被确认。',
    },
  },
});
