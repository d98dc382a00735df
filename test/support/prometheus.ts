import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse, stringify } from 'yaml';
import { freePort } from '../../tools/embedded-stack/src/free-port.js';
import { root } from '../../tools/embedded-stack/src/paths.js';
import { eventually } from './eventually.js';

/** What Prometheus is to read. */
export const PROMETHEUS_FOLDER = join(root, 'deploy/prometheus');

const CONFIG = 'prometheus.yml';
/** A test cannot wait as long as people do. */
const INTERVAL = '2s';
const START_TIMEOUT_MS = 20_000;

/**
 * Runs Debian's promtool in deploy/prometheus; resolves with what it prints.
 * @throws Error with its output when it fails
 */
export async function promtool(...args: string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('promtool', args, { cwd: PROMETHEUS_FOLDER });
    return stdout;
  } catch (error) {
    const { code, stdout, stderr } = error as { code: string; stdout: string; stderr: string };
    const reason =
      code === 'ENOENT' ? 'there is no promtool: apt-get install prometheus' : `${stdout}${stderr}`;
    throw new Error(reason, { cause: error });
  }
}

/** One series of an answer: its labels, and what it is worth now. */
export interface Sample {
  readonly labels: Record<string, string>;
  readonly value: number;
}

/**
 * A real Prometheus with the configuration of deploy/prometheus, but for three things: each job's
 * instances are named and not discovered, everything is looked at every two seconds, and the minutes that an alert
 * waits (`for`) are as many seconds. The expressions are as they are.
 */
export class Prometheus {
  private constructor(
    private readonly url: string,
    private readonly child: ChildProcess,
    private readonly directory: string,
  ) {}

  /** @param instances by job: where each serves /metrics */
  static async start(instances: Record<string, string[]>): Promise<Prometheus> {
    const directory = await mkdtemp(join(tmpdir(), 'usher-prometheus-'));
    await writeConfig(directory, instances);
    const address = `127.0.0.1:${await freePort()}`;
    const child = spawn(
      'prometheus',
      [
        `--config.file=${join(directory, CONFIG)}`,
        `--storage.tsdb.path=${join(directory, 'data')}`,
        `--web.listen-address=${address}`,
        '--log.level=warn',
      ],
      { stdio: ['ignore', 'inherit', 'inherit'] },
    );
    await once(child, 'spawn').catch((cause: Error) => {
      throw new Error('there is no prometheus: apt-get install prometheus', { cause });
    });
    const prometheus = new Prometheus(`http://${address}`, child, directory);
    await eventually(async () => (await fetch(`${prometheus.url}/-/ready`)).ok, START_TIMEOUT_MS);
    return prometheus;
  }

  /** @throws Error with Prometheus' own words when the expression is none */
  async query(expression: string): Promise<Sample[]> {
    const { result } = await this.get(`query?query=${encodeURIComponent(expression)}`);
    return result.map((series: { metric: Record<string, string>; value: [number, string] }) => ({
      labels: series.metric,
      value: Number(series.value[1]),
    }));
  }

  /** The labels of the alerts that fire. */
  async firing(): Promise<Record<string, string>[]> {
    const { alerts } = await this.get('alerts');
    return alerts
      .filter(({ state }: { state: string }) => state === 'firing')
      .map(({ labels }: { labels: Record<string, string> }) => labels);
  }

  async stop(): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await exited;
    await rm(this.directory, { recursive: true, force: true });
  }

  // oxlint-disable-next-line typescript/no-explicit-any -- each caller knows what it asked for
  private async get(path: string): Promise<any> {
    const answer = await fetch(`${this.url}/api/v1/${path}`);
    const body = (await answer.json()) as { status: string; error?: string; data: unknown };
    if (body.status !== 'success') throw new Error(`${path}: ${body.error}`);
    return body.data;
  }
}

async function writeConfig(directory: string, instances: Record<string, string[]>): Promise<void> {
  const read = async (file: string) => parse(await readFile(join(PROMETHEUS_FOLDER, file), 'utf8'));
  const config = await read(CONFIG);
  config.global = { scrape_interval: INTERVAL, evaluation_interval: INTERVAL };
  config.scrape_configs = config.scrape_configs.map(({ job_name }: { job_name: string }) => ({
    job_name,
    static_configs: [{ targets: instances[job_name] ?? [] }],
  }));
  await writeFile(join(directory, CONFIG), stringify(config));
  for (const file of config.rule_files as string[]) {
    const rules = await read(file);
    for (const rule of rules.groups.flatMap(
      (group: { rules: { for?: string }[] }) => group.rules,
    )) {
      if (rule.for) rule.for = rule.for.replace(/m$/, 's');
    }
    await writeFile(join(directory, file), stringify(rules));
  }
}
