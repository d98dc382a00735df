import type { Request, Response } from 'express';
import { jsonOnly } from './json-only.middleware.js';
import type { Problem } from './problem.js';

/** A request as Express shows it; `is` looks at the media type without its parameters. */
function request(headers: Record<string, string>): Request {
  const mediaType = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  return {
    headers,
    is: (type: string) => (mediaType === type ? type : false),
  } as unknown as Request;
}

/** What the middleware hands to the next handler: nothing, or a problem. */
function outcome(headers: Record<string, string>): unknown {
  const calls: unknown[] = [];
  jsonOnly(request(headers), {} as Response, (error?: unknown) => void calls.push(error));
  expect(calls).toHaveLength(1);
  return calls[0];
}

describe('a request with a body', () => {
  it.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON'])(
    'may be of type %s',
    (type) => {
      expect(outcome({ 'content-type': type, 'content-length': '12' })).toBeUndefined();
    },
  );

  it.each([
    // The three that another site's form can send without asking.
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/plain',
    'text/plain; application/json',
    'application/xml',
  ])('may not be of type %s', (type) => {
    expect(outcome({ 'content-type': type, 'content-length': '12' })).toMatchObject({
      code: 'unsupported_media_type',
      status: 415,
    } satisfies Partial<Problem>);
  });

  it('may not be without a type', () => {
    expect(outcome({ 'content-length': '12' })).toMatchObject({ code: 'unsupported_media_type' });
  });

  it('may not hide it by telling no length', () => {
    expect(outcome({ 'content-type': 'text/plain', 'transfer-encoding': 'chunked' })).toMatchObject(
      { code: 'unsupported_media_type' },
    );
  });
});

describe('a request without a body', () => {
  it.each<[Record<string, string>]>([
    [{}],
    [{ 'content-length': '0' }],
    [{ 'content-length': '0', 'content-type': 'text/plain' }],
  ])('may have the headers %j', (headers) => {
    expect(outcome(headers)).toBeUndefined();
  });
});
