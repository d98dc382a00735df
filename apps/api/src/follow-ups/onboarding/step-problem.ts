import type { Locale } from '#libs/contracts';
import type { Effect } from '#libs/messaging';
import { z } from 'zod';

export const STEP_PROBLEM_CODES = [
  'waiting_for_service',
  'waiting_for_turn',
  'refused',
  'will_be_tried_again',
  'given_up',
] as const;
type Code = (typeof STEP_PROBLEM_CODES)[number];

/** Why a step is not done, for the person whose step it is: an error's own text is for operators. */
export interface StepProblem {
  readonly code: Code;
  /** In the language of the account. */
  readonly message: string;
}

export const stepProblem = z.strictObject({
  code: z.enum(STEP_PROBLEM_CODES),
  message: z.string(),
});

const MESSAGES: Readonly<Record<Locale, Readonly<Record<Code, string>>>> = {
  en: {
    waiting_for_service: 'A service that this needs is not available. It goes on by itself.',
    waiting_for_turn: 'There is much to do, and it waits for its turn. It goes on by itself.',
    refused: 'It was refused and is not tried again.',
    will_be_tried_again: 'It did not work, and is tried again by itself.',
    given_up: 'It did not work and was given up. An operator can start it again.',
  },
  'zh-CN': {
    waiting_for_service: '所需的服务暂时不可用，恢复后会自动继续。',
    waiting_for_turn: '任务较多，正在按顺序等待，会自动继续。',
    refused: '对方拒绝接收，不会再重试。',
    will_be_tried_again: '这次没有成功，稍后会自动重试。',
    given_up: '没有成功，已停止重试。运维人员可以重新发起。',
  },
};

/** What the ledger knows of a step that is not done. */
export interface FailedStep {
  readonly status: string;
  /** Null where the failure is older than the record of its kind. */
  readonly reason: string | null;
  readonly effect: Effect;
}

/** Undefined where nothing has gone wrong, or another attempt runs. */
export function problemOf(step: FailedStep, locale: Locale): StepProblem | undefined {
  const code = codeOf(step);
  return code && { code, message: MESSAGES[locale][code] };
}

function codeOf({ status, reason, effect }: FailedStep): Code | undefined {
  if (status === 'retrying') {
    if (reason === 'postponed') return 'waiting_for_turn';
    return reason === 'dependency' ? 'waiting_for_service' : 'will_be_tried_again';
  }
  if (status !== 'failed') return undefined;
  // Outside there is somebody who can refuse; inside, what can never work is a defect.
  return reason === 'permanent' && effect === 'external' ? 'refused' : 'given_up';
}
