import { SeededRandom } from '../../../../../../test/support/seeded-random.js';
import { encodeFrame, FRAME, FrameDecoder, type Frame } from './frames.js';

const MAX_BYTES = 4_096;
const TYPES = Object.values(FRAME);

function randomFrames(random: SeededRandom, count: number): Frame[] {
  return Array.from({ length: count }, () => ({
    type: TYPES[Math.floor(random.next() * TYPES.length)]!,
    channel: Math.floor(random.next() * 65_536),
    payload: Buffer.from(
      Array.from({ length: Math.floor(random.next() * 300) }, () =>
        Math.floor(random.next() * 256),
      ),
    ),
  }));
}

/** As a network hands it over. */
function* piecesOf(bytes: Buffer, random: SeededRandom): Generator<Buffer> {
  for (let start = 0; start < bytes.length;) {
    const end = start + 1 + Math.floor(random.next() * 200);
    yield bytes.subarray(start, end);
    start = end;
  }
}

/** The frames up to the first error, and its code. */
function decode(chunks: Iterable<Buffer>, maxBytes = MAX_BYTES) {
  const decoder = new FrameDecoder(maxBytes);
  const frames: Frame[] = [];
  try {
    for (const chunk of chunks)
      for (const { type, channel, payload } of decoder.push(chunk))
        frames.push({ type, channel, payload: Buffer.from(payload) });
  } catch (error) {
    return { frames, code: (error as { code?: number }).code };
  }
  return { frames, code: undefined };
}

const encode = (frames: readonly Frame[]) =>
  Buffer.concat(frames.map(({ type, channel, payload }) => encodeFrame(type, channel, payload)));

describe('a stream of bytes', () => {
  it.each(Array.from({ length: 50 }, (_, seed) => seed))(
    'gives all its frames, however it is cut (seed %d)',
    (seed) => {
      const random = new SeededRandom(seed);
      const frames = randomFrames(random, 40);
      expect(decode(piecesOf(encode(frames), random))).toEqual({ frames, code: undefined });
    },
  );

  it('gives the frames before the one that is broken, and then 501', () => {
    for (let seed = 0; seed < 2_000; seed++) {
      const random = new SeededRandom(seed);
      const frames = randomFrames(random, 5);
      const bytes = encode(frames);
      const broken = Math.floor(random.next() * frames.length);
      const start = encode(frames.slice(0, broken)).length;
      const end = start + encode(frames.slice(broken, broken + 1)).length - 1;
      if (random.next() < 0.5) bytes[end]! ^= 1 + Math.floor(random.next() * 255);
      else bytes[start] = 9 + Math.floor(random.next() * 247);
      const decoded = decode(piecesOf(bytes, random));
      expect({ seed, ...decoded }).toEqual({ seed, frames: frames.slice(0, broken), code: 501 });
    }
  });

  it('of garbage is refused with 501, or waits for the rest of a frame', () => {
    let refused = 0;
    for (let seed = 0; seed < 2_000; seed++) {
      const random = new SeededRandom(seed);
      const garbage = Buffer.from(
        Array.from({ length: 64 }, () => Math.floor(random.next() * 256)),
      );
      const { frames, code } = decode(piecesOf(garbage, random));
      expect(frames).toEqual([]);
      expect([501, undefined]).toContain(code);
      if (code === 501) refused++;
    }
    expect(refused).toBeGreaterThan(1_900);
  });

  it('that ends within a frame gives nothing of it', () => {
    const bytes = encodeFrame(FRAME.method, 1, Buffer.alloc(20));
    for (let length = 0; length < bytes.length; length++)
      expect(decode([bytes.subarray(0, length)])).toEqual({ frames: [], code: undefined });
  });

  it('with a frame that is too long is refused before its payload has come', () => {
    const frame = encodeFrame(FRAME.body, 1, Buffer.alloc(MAX_BYTES - 8));
    expect(decode([frame]).frames).toHaveLength(1);
    const tooLong = encodeFrame(FRAME.body, 1, Buffer.alloc(MAX_BYTES - 7));
    expect(decode([tooLong.subarray(0, 7)])).toEqual({ frames: [], code: 501 });
  });
});
