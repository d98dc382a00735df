import type { Response } from 'express';
import { EventStream } from './event-stream.js';

/** An answer whose client reads nothing unless `reads`. */
function fakeResponse(reads = true) {
  const state = { text: '', destroyed: false, writableEnded: false, writableLength: 0 };
  const response = Object.assign(state, {
    status: () => response,
    set: () => response,
    flushHeaders: () => undefined,
    write(text: string) {
      state.text += text;
      if (!reads) state.writableLength += text.length;
    },
    destroy: () => (state.destroyed = true),
    end: () => (state.writableEnded = true),
  });
  return response as typeof response & Response;
}

describe('an event stream', () => {
  it('writes events with name, id and data on one line', () => {
    const response = fakeResponse();
    const stream = new EventStream(response);
    stream.send('step', { text: 'a\nb' }, 'step:done:1');
    stream.send('complete', {});
    stream.ping();
    expect(response.text).toBe(
      'retry: 2000\n\n' +
        'event: step\nid: step:done:1\ndata: {"text":"a\\nb"}\n\n' +
        'event: complete\ndata: {}\n\n' +
        ':\n\n',
    );
  });

  it('cuts off a client that does not read, instead of keeping everything for it', () => {
    const response = fakeResponse(false);
    const stream = new EventStream(response);
    const filling = 'x'.repeat(1_000);
    for (let i = 0; i < 1_000; i++) stream.send('step', filling);
    expect(response.destroyed).toBe(true);
    expect(response.text.length).toBeLessThan(70_000);
  });

  it('writes nothing after its end', () => {
    const response = fakeResponse();
    const stream = new EventStream(response);
    stream.end();
    const before = response.text;
    stream.send('step', {});
    stream.ping();
    expect(response.text).toBe(before);
  });
});
