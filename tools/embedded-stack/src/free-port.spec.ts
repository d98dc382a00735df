import { freePort } from './free-port.js';

it('a port that was given out is not given out again before its server listens', async () => {
  const ports = new Set<number>();
  for (let i = 0; i < 500; i++) ports.add(await freePort());
  expect(ports.size).toBe(500);
});
