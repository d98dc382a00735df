import { sendVerifyReminder } from '#libs/contracts';
import { defineJourneyMail } from '../define-journey-mail.js';

/** Once, to somebody who has come back and has not verified their address. */
export const verifyReminder = defineJourneyMail({
  on: sendVerifyReminder,
  template: 'verify-reminder',
  isWanted: (person, config) => config.JOURNEY_VERIFY_REMINDER !== undefined && !person.isVerified,
  link: 'email-verification',
  texts: {
    en: {
      subject: 'Your address is not confirmed yet',
      intro:
        'You use Usher already. Confirm that this address is yours, so that you can always get back in.',
      action: 'Confirm my address',
      expiry:
        'The link opens a page; the button there confirms the address. It works for seven days.',
      notYou: 'If you did not sign up, ignore this mail; we do not remind you again.',
    },
    'zh-CN': {
      subject: '你的邮箱还没有确认',
      intro: '你已经在使用 Usher。请确认这个邮箱是你的，这样随时都能找回账号。',
      action: '确认邮箱',
      expiry: '链接会打开一个页面，点击其中的按钮即可确认。链接七天内有效。',
      notYou: '如果不是你本人注册，请忽略这封邮件，我们不会再次提醒。',
    },
  },
});
