import { sendPasswordResetEmail } from '#libs/contracts';
import { defineMail } from '../define-mail.js';

/** The link that lets its owner choose a new password. */
export const passwordResetEmail = defineMail({
  on: sendPasswordResetEmail,
  template: 'password-reset',
  isAskedFor: true,
  link: 'password-reset',
  texts: {
    en: {
      subject: 'Choose a new password',
      intro:
        'Somebody, we hope you, asked for a new password. It ends every session of the account.',
      action: 'Choose a new password',
      expiry: 'The link works once, for one hour.',
      notYou: 'If you did not ask for it, ignore this mail; your password stays as it is.',
    },
    'zh-CN': {
      subject: '设置新密码',
      intro: '有人（希望是你本人）请求设置新密码。设置后，该账号的所有会话都会结束。',
      action: '设置新密码',
      expiry: '链接一小时内有效，只能使用一次。',
      notYou: '如果不是你本人请求，请忽略这封邮件，密码不会改变。',
    },
  },
});
