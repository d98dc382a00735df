import type { Response } from 'express';
import type { ErrorCode } from './error-codes.js';

const PROBLEM = Symbol('problem');

/** Calls back with the code when the request is answered with a problem, even if the client has gone by then. */
export const onProblem = (response: Response, listener: (code: ErrorCode) => void): void => {
  response.once(PROBLEM, listener);
};

/** Says that this response is a problem; for what answers with one. */
export const reportProblem = (response: Response, code: ErrorCode): void => {
  response.emit(PROBLEM, code);
};
