import { readFileSync } from 'node:fs';
import { z } from 'zod';

type Values<S extends z.ZodRawShape> = z.output<z.ZodObject<S>>;

/** A class whose instances hold the parsed values of one component, usable as its injection token. */
export interface ConfigClass<S extends z.ZodRawShape> {
  new (values: Values<S>): Values<S>;
  readonly shape: S;
}

/** Any component's configuration. */
export type AnyConfigClass = {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the values differ from class to class
  new (values: any): object;
  readonly shape: z.ZodRawShape;
  /**
   * What is wrong with the values together, each a sentence that begins with a variable's name. A value that is
   * wrong by itself is undefined, and its name is in `wrong`.
   */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly check?: (values: any, wrong: ReadonlySet<string>) => string[];
};

/** The environment is unusable. `problems` names every bad variable, one sentence each. */
export class ConfigError extends Error {
  constructor(readonly problems: string[]) {
    super(
      `The configuration has ${problems.length} problem(s):\n${problems.map((p) => `  - ${p}`).join('\n')}`,
    );
    this.name = 'ConfigError';
  }
}

/**
 * Defines the configuration of one component from the variables that it reads; extend it to name it:
 * `class EmailWorkerConfig extends defineConfig({ SMTP_URL: z.url() }) {}`.
 */
export function defineConfig<S extends z.ZodRawShape>(shape: S): ConfigClass<S> {
  class Config {
    static readonly shape = shape;
    constructor(values: Values<S>) {
      Object.assign(this, values);
    }
  }
  return Config as unknown as ConfigClass<S>;
}

/**
 * Parses the environment once for all the components of a process. Every variable may be given as
 * `NAME_FILE`, a path whose content (without the last line break) is the value; an empty variable is unset.
 * @throws ConfigError with all problems of all components together
 */
export function loadConfig(
  classes: readonly AnyConfigClass[],
  env: NodeJS.ProcessEnv = process.env,
): Map<AnyConfigClass, object> {
  const problems = new Set<string>();
  const configs = new Map<AnyConfigClass, object>();
  for (const Config of classes) {
    const input = Object.fromEntries(
      Object.keys(Config.shape).map((name) => [name, readVariable(name, env, problems)]),
    );
    const parsed = z.object(Config.shape).safeParse(input);
    const { values, wrong } = eachByItself(Config.shape, input);
    for (const problem of Config.check?.(values, wrong) ?? []) problems.add(problem);
    if (parsed.success) {
      configs.set(Config, new Config(parsed.data));
    } else {
      // A variable that could not be read has told its reason already.
      const unread = [...problems].map((problem) => problem.split(/_FILE:|:/)[0]);
      for (const issue of parsed.error.issues) {
        if (!unread.includes(String(issue.path[0]))) problems.add(describe(issue, input));
      }
    }
  }
  if (problems.size > 0) throw new ConfigError([...problems]);
  return configs;
}

function eachByItself(shape: z.ZodRawShape, input: Readonly<Record<string, string | undefined>>) {
  const values: Record<string, unknown> = {};
  const wrong = new Set<string>();
  for (const [name, schema] of Object.entries(shape)) {
    const parsed = z.safeParse(schema, input[name]);
    if (parsed.success) values[name] = parsed.data;
    else wrong.add(name);
  }
  return { values, wrong };
}

function readVariable(
  name: string,
  env: NodeJS.ProcessEnv,
  problems: Set<string>,
): string | undefined {
  const path = env[`${name}_FILE`];
  if (!path) return env[name] || undefined;
  if (env[name]) problems.add(`${name}: given twice, as ${name} and as ${name}_FILE; keep one`);
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '') || undefined;
  } catch (error) {
    problems.add(`${name}_FILE: cannot be read (${(error as NodeJS.ErrnoException).code})`);
    return undefined;
  }
}

// The value itself is never printed: it may be a secret.
function describe(issue: z.core.$ZodIssue, input: Record<string, string | undefined>): string {
  const name = String(issue.path[0]);
  return input[name] === undefined ? `${name}: is required` : `${name}: ${issue.message}`;
}
