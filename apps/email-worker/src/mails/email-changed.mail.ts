import { sendEmailChangedEmail } from '#libs/contracts';
import { defineMail } from '../define-mail.js';

/** To the address that an account has left: a link by which it comes back. */
export const emailChangedEmail = defineMail({
  on: sendEmailChangedEmail,
  template: 'email-changed',
  isAskedFor: true,
  link: 'email-change-undo',
  texts: {
    en: {
      subject: 'Your account has a new address',
      intro:
        'Your account uses another address from now on. If you changed it, there is nothing to do.',
      action: 'I did not change it: take my account back',
      expiry:
        'The link works for seven days. It brings this address back, ends all sessions, and sends you a link for a new password.',
      notYou: 'If you have no account with us, ignore this mail.',
    },
    'zh-CN': {
      subject: '你的账号换了邮箱',
      intro: '你的账号从现在起使用另一个邮箱。如果是你本人更改的，无需任何操作。',
      action: '不是我改的：取回我的账号',
      expiry: '链接七天内有效。它会恢复这个邮箱，退出所有会话，并给你发送设置新密码的链接。',
      notYou: '如果你没有我们的账号，请忽略这封邮件。',
    },
  },
});
