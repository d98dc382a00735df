import { sendAlreadyRegisteredEmail } from '#libs/contracts';
import { defineMail } from '../define-mail.js';

/** Tells the owner of an address, and nobody else, that it has an account. */
export const alreadyRegisteredEmail = defineMail({
  on: sendAlreadyRegisteredEmail,
  template: 'already-registered',
  link: 'password-reset',
  texts: {
    en: {
      subject: 'You already have an account',
      intro:
        'Somebody, perhaps you, signed up with this address. It has an account already, and nothing was changed. Log in as usual, or choose a new password; that confirms the address, too.',
      action: 'Choose a new password',
      expiry: 'The link works once, for one hour.',
      notYou: 'If it was not you, ignore this mail.',
    },
    'zh-CN': {
      subject: '你已经有账号了',
      intro:
        '有人（也许是你）用这个邮箱注册。这个邮箱已有账号，没有任何改动。请照常登录，或设置新密码；设置新密码同时会确认邮箱。',
      action: '设置新密码',
      expiry: '链接一小时内有效，只能使用一次。',
      notYou: '如果不是你本人，请忽略这封邮件。',
    },
  },
});
