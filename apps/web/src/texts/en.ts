import type { Outcome } from '../link-pages/outcome.js';
import { addresses } from './addresses.en.js';
import { ops } from './ops.en.js';

type Steps = readonly (readonly [title: string, text: string])[];

/** Every word of the page, in English; the other languages have the same shape. */
export const en = {
  title: {
    home: 'Usher: sign up and watch it happen',
    verify: 'Confirm your address · Usher',
    reset: 'A new password · Usher',
    newAddress: 'Your new address · Usher',
    oldAddress: 'Take your account back · Usher',
    ops: 'Operations · Usher',
  },
  language: 'Language',
  retry: 'Try again',
  /** Between two sentences, and before what a sentence ends with. */
  space: ' ',
  /** Between the parts of a list. */
  comma: ', ',
  skip: 'Skip to the content',
  hero: {
    headline: 'One step to sign up.',
    emphasis: 'The rest is shown to its seat.',
    instant: {
      lede: 'Your account is saved in one go, and you are in. A welcome e-mail, recommendations and a guide follow by themselves. Watch each of them arrive.',
      steps: [
        ['You sign up', 'The account is saved, you are logged in. Nothing else is waited for.'],
        ['Three workers take over', 'Mail, recommendations and guide, side by side.'],
        [
          'You see each one arrive',
          'Live, with its time, and honestly when something has to be tried again.',
        ],
      ] as Steps,
    },
    private: {
      lede: 'Your account is saved in one go. A mail, recommendations and a guide follow by themselves. Confirm your address by the link in the mail, and log in.',
      steps: [
        ['You sign up', 'What you tell is saved. Nothing else is waited for.'],
        ['Three workers take over', 'Mail, recommendations and guide, side by side.'],
        ['You confirm your address', 'By the link in the mail. Then you can log in.'],
      ] as Steps,
    },
  },
  signUp: {
    heading: 'Create your account',
    tab: 'Sign up',
    name: 'Name',
    email: 'E-mail address',
    password: 'Password',
    interests: 'What do you like?',
    interestsHint: 'Optional. It decides what is recommended to you.',
    showAll: (count: number) => `Show all ${count}`,
    showFewer: 'Show fewer',
    preview: {
      none: 'You would be recommended',
      partial: 'Recommended for some of your interests',
      popular: 'Popular right now',
    },
    submit: 'Create account',
    submitting: 'Saving…',
    solving: 'One moment: your browser solves a small task that keeps bots away.',
    passwordHint: (least: number) =>
      `At least ${least} characters. A few words are easy to remember.`,
    logInInstead: 'Log in instead?',
  },
  line: {
    heading: 'You are in the line',
    fullHeading: 'The line is full',
    text: 'Many people are signing up now. Keep this page open: your account is created automatically at your turn.',
    place: 'Your place',
    time: 'Time left',
    now: 'now',
    sentence: (place: number, time: string) =>
      `You are number ${place} in the line. Your turn comes in about ${time}.`,
    atTurn: 'It is your turn.',
    full: (time: string) => `You do not have a place yet. This page tries again in ${time}.`,
    leave: 'Leave the line',
    kept: 'Your place in the line is kept. Submit the form to continue.',
  },
  checkMail: {
    heading: 'Look into your inbox',
    text: (email: string) =>
      `If ${email} can be used, there is a mail with what to do next. It may take a minute.`,
    correct: 'Correct the address',
  },
  confirmation: {
    heading: 'Have a new link sent',
    text: 'Enter your address. If it waits to be confirmed, a link is on its way.',
    submit: 'Send me a link',
    sent: 'If this address waits to be confirmed, the mail is on its way.',
    resend: 'Send the link again',
  },
  guestNotice: {
    unauthenticated: 'You were logged out. Log in again.',
    cookies_needed:
      'Your browser keeps no cookies for this site, and nobody can be logged in without them. Your account is saved: allow cookies, then log in.',
  },
  show: 'Show password',
  hide: 'Hide password',
  strength: {
    missing: (count: number) => `${count} more ${count === 1 ? 'character' : 'characters'} needed.`,
    levels: ['Very weak', 'Weak', 'Fair', 'Good', 'Strong'] as readonly string[],
    time: (duration: string) => `guessed in about ${duration} by someone who steals the database`,
    sentence: (level: string, guessed: string, warning: string) =>
      `${level}: ${guessed}. ${warning}`,
    instant: 'guessed at once by someone who steals the database',
    centuries: 'guessed in centuries, even by someone who steals the database',
    warnings: {
      straightRow: 'A row of keys is easy to guess.',
      keyPattern: 'A pattern on the keyboard is easy to guess.',
      simpleRepeat: 'Repeated characters add next to nothing.',
      extendedRepeat: 'Repeated parts add next to nothing.',
      sequences: 'Sequences such as abc are easy to guess.',
      recentYears: 'Recent years are easy to guess.',
      dates: 'Dates are easy to guess.',
      topTen: 'This is one of the ten most used passwords.',
      topHundred: 'This is one of the hundred most used passwords.',
      common: 'This password is widely used.',
      similarToCommon: 'This is much like a widely used password.',
      wordByItself: 'One word alone is easy to guess.',
      namesByThemselves: 'A name alone is easy to guess.',
      commonNames: 'Common names are easy to guess.',
      userInputs: 'It contains your name or address.',
    } as Record<string, string>,
  },
  logIn: {
    heading: 'Welcome back',
    tab: 'Log in',
    submit: 'Log in',
    submitting: 'Logging in…',
    forgot: 'Forgot your password?',
    unconfirmed: 'Have you confirmed your address yet? Until then you cannot log in.',
  },
  forgot: {
    heading: 'Forgot your password?',
    text: 'Enter your address. If it has an account, a link to a new password is on its way.',
    submit: 'Send me a link',
    sent: 'If this address has an account, the mail is on its way.',
    back: 'Back to log in',
  },
  reset: {
    heading: 'Choose a new password',
    text: 'You will be logged out everywhere.',
    submit: 'Save the password',
    outcome: {
      done: { heading: 'Your new password is saved. Log in with it.' },
      spent: {
        heading: 'This link has been used.',
        text: 'The password was changed with it, or with another link. Log in with the new password. If you did not change it, ask for a new link.',
      },
      invalid: { heading: 'This link is altered or has expired.' },
    } as Record<Outcome, { heading: string; text?: string }>,
    toLogIn: 'To the log-in',
    again: 'Ask for a new one',
  },
  account: {
    welcome: (name: string) => `Welcome, ${name}.`,
    logOut: 'Log out',
    confirm: (email: string) => `Confirm ${email}: the link comes with the welcome mail.`,
    resend: 'Send it again',
    resent: 'A new link is on its way.',
    correct: 'Correct the address',
  },
  timeline: {
    heading: 'What happens now',
    complete: 'Everything has arrived.',
    running: 'You can go on; this happens by itself.',
    stuck: 'Something could not be done. An operator can send it again.',
    bounced: 'Your welcome e-mail has come back.',
    notSent: 'Your welcome e-mail was not sent.',
    saved: 'Account saved',
    savedText: 'You are logged in.',
    names: {
      'welcome-email': 'Welcome e-mail',
      recommendations: 'Recommendations',
      'getting-started-guide': 'Getting-started guide',
    } as Record<string, string>,
    status: {
      pending: 'Waiting for its worker',
      processing: 'On its way',
      retrying: 'Will be tried again',
      done: 'Done',
      failed: 'Given up',
    },
    doneText: {
      'welcome-email': 'Handed to the mail server.',
      recommendations: 'Made from your interests.',
      'getting-started-guide': 'In your inbox.',
    } as Record<string, string>,
    /** By what has become of a mail. */
    delivery: {
      delivered: () => 'Delivered to your mailbox.',
    } as Record<string, () => string>,
    /** The same, of a mail that does not arrive. */
    undelivered: {
      bounced: (email: string) => `We could not reach ${email}: the mailbox does not exist.`,
      'not-sent': (email: string) => `No mail was sent to ${email}.`,
    } as Record<string, (email: string) => string>,
    attempts: (count: number) => `${count} ${count === 1 ? 'attempt' : 'attempts'}`,
    /** By the code of a problem, where that says more than the status. */
    problem: {
      waiting_for_service: 'Waits for a service that is not available',
      waiting_for_turn: 'Waits for its turn',
      refused: 'Refused',
    } as Record<string, string>,
    /** Why a step is not done, as far as whoever waits for it is concerned. */
    trouble: {
      'welcome-email': 'The mail could not be handed over.',
      recommendations: 'The list could not be made.',
      'getting-started-guide': 'The guide could not be delivered.',
    } as Record<string, string>,
    /** Read out by screen readers. */
    announcement: (name: string, status: string) => `${name}: ${status}. `,
    offline: 'The connection is lost. Trying again…',
  },
  recommendations: {
    heading: 'Recommended for you',
    computing: 'Popular for now. Your own list is being made.',
    popular: 'Popular right now.',
    partial: 'Some of your interests are not in the catalogue yet.',
    because: 'because you chose',
    change: 'Change interests',
    save: 'Save',
    saving: 'Saving…',
    cancel: 'Cancel',
    making: 'Your new list is being made…',
    late: 'Your new list takes longer. It will be here when you come back.',
  },
  inbox: {
    heading: 'Inbox',
    unread: (count: number) => `${count} unread`,
    markAll: 'Mark all as read',
    empty: 'Nothing here yet.',
    isUnread: 'Unread: ',
  },
  mails: {
    heading: 'Mails',
    tips: 'Mails with tips',
    upcoming: 'Coming up',
    names: {
      tips: 'Tips for your first week',
      'verify-reminder': 'A reminder to confirm your address, unless you do so before',
    } as Record<string, string>,
    /** The same, as long as the address is not confirmed. */
    unconfirmed: {
      tips: 'Tips for your first week, if your address is confirmed by then',
    } as Record<string, string>,
  },
  ...addresses,
  ops,
  errors: {
    network: 'The server cannot be reached. Try again.',
    internal_error: 'Something went wrong on our side. Try again.',
    unavailable: 'Nothing can be saved at the moment. Try again soon.',
    broker_unavailable: 'The message broker cannot be reached.',
    operation_busy: 'Somebody else does the same at the moment. Try again.',
    overloaded: 'Too many people at once. Try again in a moment.',
    rate_limited: 'Too many attempts. Wait a little, then try again.',
    invalid_credentials: 'Address or password is wrong.',
    email_taken: 'This address has an account already. Log in instead?',
    challenge_required: 'The task that keeps bots away was not solved. Try again.',
    invalid_challenge: 'The task that keeps bots away was not solved. Try again.',
    challenge_unsolved:
      'Your browser could not solve the task that keeps bots away. Open this page with https in a current browser.',
    idempotency_mismatch: 'This was sent before with other data. Try again.',
    unauthenticated: 'You were logged out. Log in again.',
  } as Record<string, string>,
  /** The same, when it is known how long it lasts. */
  retryIn: {
    overloaded: (duration) => `Too many people at once. Try again in ${duration}.`,
    rate_limited: (duration) => `Too many attempts. Try again in ${duration}.`,
  } as Record<string, (duration: string) => string>,
  fieldErrors: {
    required: 'Please fill this in.',
    invalid_email: 'This is not an e-mail address.',
    email_taken: 'This address has an account already.',
    invalid_characters: 'Some of these characters cannot be used.',
    too_big: 'This is too long.',
    too_small: 'This is too short.',
    password_personal: 'This must not be your name or address.',
    password_common: 'This password is on the lists that attackers try first.',
    password_breached: 'This password has been stolen somewhere before.',
  } as Record<string, string>,
};

export type Texts = typeof en;
