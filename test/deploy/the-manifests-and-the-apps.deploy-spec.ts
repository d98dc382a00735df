import { DatabaseConfig, HttpConfig, UsherConfig } from '#libs/bootstrap';
import { subscriptions } from '#libs/contracts';
import { MessagingConfig } from '#libs/messaging';
import {
  loadConfig,
  parseDuration,
  ServiceConfig,
  type AnyConfigClass,
} from '#libs/service-defaults';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { root } from '../../tools/embedded-stack/src/paths.js';
import { appNames } from '../../tools/start/src/app-command.js';
import { manifestSources } from '../support/manifests.js';

const EVERY_PROCESS = [ServiceConfig, DatabaseConfig, MessagingConfig, UsherConfig];
const CONFIGS: Record<string, AnyConfigClass[]> = {};
// One after the other: jest 30.5.2 loses modules that two imports share and that are loaded at the same time.
for (const name of appNames()) CONFIGS[name] = await configsOf(name);

/** What an app reads from the environment. */
async function configsOf(name: string): Promise<AnyConfigClass[]> {
  const exported = (await import(`../../apps/${name}/src/${name}.module.js`)) as Record<
    string,
    { readonly config?: AnyConfigClass }
  >;
  const own = Object.values(exported).flatMap(({ config }) => config ?? []);
  return [...EVERY_PROCESS, ...(name === 'api' ? [HttpConfig] : []), ...own];
}

const variablesOf = (classes: AnyConfigClass[]) =>
  classes.flatMap(({ shape }) => Object.keys(shape));

/** What the Secrets would hold. */
const SECRETS: Record<string, string> = {
  DATABASE_URL: 'postgresql://usher:secret@usher-postgres-rw.usher:5432/usher',
  RABBITMQ_URL: 'amqp://default_user:secret@usher-rabbitmq.usher.svc:5672/',
  SMTP_URL: 'smtps://user:secret@mail.example.com',
  LINK_SIGNING_KEY: 'x'.repeat(64),
  OPS_TOKEN: 'x'.repeat(32),
};
/** As docs/scaling.md has it: for the operator, `usher` and people. */
const RESERVED_CONNECTIONS = 20;
/** As docs/scaling.md has it: the time in which a backlog is to be gone. */
const DRAIN_SECONDS = 30;

describe.each(manifestSources())('the manifests %s', (_how, manifests) => {
  describe.each(appNames())('configure %s', (name) => {
    const own = manifests.ownVariables(name);
    const shared = manifests.sharedVariables(name);
    const container = manifests.containerOf(name);

    it('with variables that it reads, and no secret of another', () => {
      const given = Object.keys(own).map((variable) => variable.replace(/_FILE$/, ''));
      const read = variablesOf(CONFIGS[name]!);
      expect(given.filter((variable) => !read.includes(variable))).toEqual([]);
    });

    it('with shared variables that there are, none of them a secret', () => {
      const known = variablesOf(Object.values(CONFIGS).flat());
      const wrong = Object.keys(shared).filter(
        (variable) => !known.includes(variable) || variable in SECRETS,
      );
      expect(wrong).toEqual([]);
    });

    it('so that it starts in production', () => {
      const directory = mkdtempSync(join(tmpdir(), 'usher-secrets-'));
      const before = process.env['NODE_ENV'];
      const env = { ...shared, ...own };
      for (const variable of Object.keys(env).filter((each) => each.endsWith('_FILE'))) {
        env[variable] = join(directory, basename(env[variable]!));
        writeFileSync(env[variable], SECRETS[variable.replace(/_FILE$/, '')]!);
      }
      try {
        process.env['NODE_ENV'] = 'production';
        const parsed = loadConfig(CONFIGS[name]!, env);
        expect([...parsed.keys()]).toEqual(CONFIGS[name]);
      } finally {
        process.env['NODE_ENV'] = before;
        rmSync(directory, { recursive: true });
      }
    });

    it('by its name alone, which the image knows how to start', () => {
      expect(container.command).toBeUndefined();
      expect(container.args).toEqual([name]);
    });

    it('to be asked on the ports that it listens on', () => {
      const ports = container.ports.map((port: { name: string; containerPort: number }) => [
        port.name,
        String(port.containerPort),
      ]);
      expect(Object.fromEntries(ports)).toEqual({
        metrics: shared['METRICS_PORT'],
        ...(name === 'api' && { http: shared['HTTP_PORT'] }),
      });
      expect(shared).toMatchObject({ METRICS_HOST: '0.0.0.0', HTTP_HOST: '0.0.0.0' });
      expect(container.livenessProbe.httpGet).toEqual({ path: '/healthz', port: 'metrics' });
      expect(container.readinessProbe.httpGet).toEqual({ path: '/readyz', port: 'metrics' });
    });

    it('to have more time to stop than it takes', () => {
      const [, pause = '0'] = container.lifecycle?.preStop.exec.command ?? [];
      const needed = Number(pause) + parseDuration(shared['SHUTDOWN_TIMEOUT']!)! / 1_000;
      const { terminationGracePeriodSeconds } = manifests.templateOf(name).spec;
      expect(terminationGracePeriodSeconds).toBeGreaterThan(needed);
    });
  });

  describe.each(appNames().filter((name) => name !== 'api'))('scale %s', (name) => {
    const { triggers, scaleTargetRef, minReplicaCount } = manifests.specOf('ScaledObject', name);
    const queues: { queueName: string; value: string }[] = triggers.map(
      ({ metadata }: { metadata: object }) => metadata,
    );

    it('on the length of each of its queues', () => {
      const read = subscriptions.filter(({ app }) => app === name);
      expect(new Set(queues.map(({ queueName }) => queueName))).toEqual(
        new Set(read.map(({ consumer }) => consumer)),
      );
    });

    it('by KEDA alone, and never to none', () => {
      expect(scaleTargetRef.name).toBe(name);
      expect(manifests.named('Deployment', name)!.spec.replicas).toBeUndefined();
      expect(minReplicaCount).toBeGreaterThan(0);
    });

    it('at the length that docs/scaling.md derives', () => {
      const { CONSUMER_PREFETCH } = manifests.ownVariables(name);
      const derived = derivedValues().filter(({ queue }) => queue.startsWith(`${name}.`));
      expect(derived).not.toEqual([]);
      for (const { queue, prefetch, seconds, value } of derived) {
        expect(queues.find(({ queueName }) => queueName === queue)?.value).toBe(value);
        expect(prefetch).toBe(CONSUMER_PREFETCH);
        expect((DRAIN_SECONDS * Number(prefetch)) / seconds).toBeCloseTo(Number(value));
      }
    });
  });

  it('open an SMTP connection for each mail that a worker works on', () => {
    const name = 'email-worker';
    const queues = subscriptions.filter(
      ({ app, effect }) => app === name && effect === 'external',
    ).length;
    const { CONSUMER_PREFETCH, SMTP_POOL } = manifests.ownVariables(name);
    expect(Number(SMTP_POOL)).toBeGreaterThanOrEqual(queues * Number(CONSUMER_PREFETCH));
  });

  it('need no more connections than PostgreSQL gives', () => {
    const largest = (name: string): number =>
      manifests.named('ScaledObject', name)?.spec.maxReplicaCount ??
      manifests.specOf('HorizontalPodAutoscaler', name).maxReplicas;
    const needed = appNames()
      .map((name) => largest(name) * Number(manifests.ownVariables(name)['DATABASE_POOL']))
      .reduce((sum, connections) => sum + connections, RESERVED_CONNECTIONS);
    const [postgres] = manifests.ofKind('Cluster');
    const { max_connections } = postgres!.spec.postgresql.parameters;
    expect(needed).toBeLessThanOrEqual(Number(max_connections));
  });
});

/** The rows of the table about KEDA in docs/scaling.md. */
function derivedValues() {
  return readFileSync(join(root, 'docs/scaling.md'), 'utf8')
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .filter(([, queue]) => /^`[a-z-]+-worker\./.test(queue ?? ''))
    .map(([, queue, prefetch, seconds, value]) => ({
      queue: queue!.replaceAll('`', ''),
      prefetch: prefetch!,
      seconds: Number.parseFloat(seconds!),
      value: value!,
    }));
}
