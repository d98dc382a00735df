import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keptPassword } from './kept-password.js';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'usher-password-'));
});

afterEach(() => rm(directory, { recursive: true }));

describe('the password of a local server', () => {
  it('is another one for each, stays the same, and only its owner can read it', async () => {
    const file = join(directory, 'new', 'server.password');
    const password = keptPassword(file);
    expect(password).toMatch(/^[a-z0-9]{32}$/);
    expect(keptPassword(file)).toBe(password);
    expect(keptPassword(join(directory, 'other.password'))).not.toBe(password);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('is what it was when the server is older than the file', () => {
    const file = join(directory, 'server.password');
    expect(keptPassword(file, true)).toBe('usher');
    expect(keptPassword(file)).toBe('usher');
  });
});
