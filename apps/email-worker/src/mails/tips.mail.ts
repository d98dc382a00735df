import { sendTips } from '#libs/contracts';
import { defineJourneyMail } from '../define-journey-mail.js';

/** Some days after the sign-up, to those who want it. */
export const tipsEmail = defineJourneyMail({
  on: sendTips,
  template: 'tips',
  isWanted: (person, config) =>
    config.JOURNEY_TIPS !== undefined && person.isVerified && person.wantsTips,
  link: 'account',
  texts: {
    en: {
      subject: 'Three tips for your first week',
      intro:
        'Choose more interests: each one makes the recommendations fit better. Open a recommendation to see why it was chosen. Your inbox keeps the guide that you got on the first day.',
      action: 'Open my account',
      notYou: 'You get this mail because tips are switched on in your account.',
      end: 'Send me no more tips',
    },
    'zh-CN': {
      subject: '第一周的三个小建议',
      intro:
        '多选几个兴趣：每多一个，推荐就更合适。打开一条推荐，可以看到选它的理由。第一天收到的新手指南一直在你的收件箱里。',
      action: '打开我的账号',
      notYou: '你收到这封邮件，是因为账号中开启了使用建议。',
      end: '不再接收使用建议',
    },
  },
});
