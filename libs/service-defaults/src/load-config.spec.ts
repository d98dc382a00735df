import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigError, defineConfig, loadConfig, type AnyConfigClass } from './load-config.js';
import { port } from './service.config.js';

class MailConfig extends defineConfig({
  SMTP_URL: z.url(),
  MAIL_FROM: z.string().min(3).default('hello@usher.example'),
}) {}

class WebConfig extends defineConfig({ HTTP_PORT: port(), PUBLIC_URL: z.url() }) {}

function problemsOf(classes: AnyConfigClass[], env: NodeJS.ProcessEnv): string[] {
  try {
    loadConfig(classes, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

const mailConfig = (env: NodeJS.ProcessEnv) =>
  loadConfig([MailConfig], env).get(MailConfig) as MailConfig;

describe('the configuration', () => {
  it('is parsed into one instance for each component', () => {
    const configs = loadConfig([MailConfig, WebConfig], {
      SMTP_URL: 'smtp://mail:25',
      HTTP_PORT: '3000',
      PUBLIC_URL: 'http://usher.example',
    });

    expect(configs.get(MailConfig)).toBeInstanceOf(MailConfig);
    expect(configs.get(MailConfig)).toMatchObject({ SMTP_URL: 'smtp://mail:25' });
    expect(configs.get(WebConfig)).toMatchObject({ HTTP_PORT: 3000 });
  });

  it('holds the variables that a component declares and none besides', () => {
    expect(Object.keys(mailConfig({ SMTP_URL: 'smtp://mail:25', HOME: '/root' }))).toEqual([
      'SMTP_URL',
      'MAIL_FROM',
    ]);
  });

  it('lists all problems of all components together', () => {
    const problems = problemsOf([MailConfig, WebConfig], {
      MAIL_FROM: 'x',
      HTTP_PORT: '70000',
    });

    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      'SMTP_URL',
      'MAIL_FROM',
      'HTTP_PORT',
      'PUBLIC_URL',
    ]);
  });

  it('shows every problem in the message of its error', () => {
    const error = new ConfigError(['A: is required', 'B: is required']);

    expect(error.message).toContain('2 problem(s)');
    expect(error.message).toContain('A: is required');
    expect(error.message).toContain('B: is required');
  });

  it('says that a variable is missing rather than of the wrong type', () => {
    expect(problemsOf([MailConfig], {})).toEqual(['SMTP_URL: is required']);
  });

  it('tells a problem that two components share once', () => {
    class OtherMailConfig extends defineConfig({ SMTP_URL: z.url() }) {}

    expect(problemsOf([MailConfig, OtherMailConfig], {})).toHaveLength(1);
  });

  it('never prints the value of a bad variable, which may be a secret', () => {
    class Everything extends defineConfig({
      A_URL: z.url(),
      AN_ENUM: z.enum(['json', 'pretty']),
      A_PORT: port(),
      A_PATTERN: z.string().regex(/^\d+$/),
      A_LENGTH: z.string().min(64),
    }) {}
    const secret = 'hunter2-hunter2';
    const names = Object.keys(Everything.shape);
    const problems = problemsOf(
      [Everything],
      Object.fromEntries(names.map((name) => [name, secret])),
    );

    expect(problems).toHaveLength(names.length);
    expect(problems.join('\n')).not.toContain('hunter2');
  });

  it('takes an empty variable for one that is not set', () => {
    expect(mailConfig({ SMTP_URL: 'smtp://mail:25', MAIL_FROM: '' }).MAIL_FROM).toBe(
      'hello@usher.example',
    );
    expect(problemsOf([MailConfig], { SMTP_URL: '' })).toEqual(['SMTP_URL: is required']);
  });
});

describe('a variable given as a file', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'usher-config-'));
  });

  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  function file(content: string): string {
    const path = join(directory, 'secret');
    writeFileSync(path, content);
    return path;
  }

  it.each(['smtp://mail:25', 'smtp://mail:25\n', 'smtp://mail:25\r\n'])(
    'has the content %j without the last line break as its value',
    (content) => {
      expect(mailConfig({ SMTP_URL_FILE: file(content) }).SMTP_URL).toBe('smtp://mail:25');
    },
  );

  it('keeps all of the content but the last line break', () => {
    const path = file(' two lines\nof text \n\n');

    expect(mailConfig({ SMTP_URL: 'smtp://m', MAIL_FROM_FILE: path }).MAIL_FROM).toBe(
      ' two lines\nof text \n',
    );
  });

  it('is not set when the file is empty', () => {
    expect(problemsOf([MailConfig], { SMTP_URL_FILE: file('\n') })).toEqual([
      'SMTP_URL: is required',
    ]);
  });

  it('is not read when the name of the file is empty', () => {
    expect(mailConfig({ SMTP_URL: 'smtp://mail:25', SMTP_URL_FILE: '' }).SMTP_URL).toBe(
      'smtp://mail:25',
    );
  });

  it('must not be given as a value as well', () => {
    const problems = problemsOf([MailConfig], {
      SMTP_URL: 'smtp://mail:25',
      SMTP_URL_FILE: file('smtp://mail:25'),
    });

    expect(problems).toEqual(['SMTP_URL: given twice, as SMTP_URL and as SMTP_URL_FILE; keep one']);
  });

  it('is a problem when the file cannot be read, even if there is a default', () => {
    const problems = problemsOf([MailConfig], {
      SMTP_URL: 'smtp://mail:25',
      MAIL_FROM_FILE: join(directory, 'no-such-file'),
    });

    expect(problems).toEqual(['MAIL_FROM_FILE: cannot be read (ENOENT)']);
  });

  it('never has its content printed', () => {
    const problems = problemsOf([MailConfig], { SMTP_URL_FILE: file('hunter2') });

    expect(problems).toHaveLength(1);
    expect(problems[0]).not.toContain('hunter2');
  });
});
