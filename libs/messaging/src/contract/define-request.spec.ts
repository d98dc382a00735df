import { z } from 'zod';
import { defineRequest } from './define-request.js';

const parts = { deadlineMs: 100, question: z.string(), answer: z.number() };

describe('a request', () => {
  it('is answered by the app that its queue is named after', () => {
    expect(defineRequest('weather-worker.forecast', parts)).toMatchObject({
      app: 'weather-worker',
    });
  });

  it.each(['forecast', 'Weather.forecast', 'weather.forecast.v1', 'weather.'])(
    'is not named %j',
    (queue) => {
      expect(() => defineRequest(queue, parts)).toThrow(`'${queue}' is not`);
    },
  );
});
