import { DatabaseConfig, HttpConfig } from '#libs/bootstrap';
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
import { ApiConfig } from '../../apps/api/src/api.config.js';
import { EmailWorkerConfig } from '../../apps/email-worker/src/email-worker.config.js';
import { RecommendationWorkerConfig } from '../../apps/recommendation-worker/src/recommendation-worker.config.js';
import { appNames } from '../../tools/embedded-stack/src/apps.js';
import { root } from '../../tools/embedded-stack/src/paths.js';
import { unknownFields, validate } from '../support/manifest-schemas.js';
import {
  manifestFiles,
  namedFiles,
  rendered,
  written,
  type Manifest,
} from '../support/manifests.js';

const EVERY_PROCESS = [ServiceConfig, DatabaseConfig, MessagingConfig];
const CONFIGS: Record<string, AnyConfigClass[]> = {
  api: [...EVERY_PROCESS, HttpConfig, ApiConfig],
  'email-worker': [...EVERY_PROCESS, EmailWorkerConfig],
  'recommendation-worker': [...EVERY_PROCESS, RecommendationWorkerConfig],
  'notification-worker': EVERY_PROCESS,
};
const KNOWN = new Set(Object.values(CONFIGS).flatMap((classes) => classes.flatMap(variablesOf)));
/** What a Secret would hold, by the variable that reads it. */
const SECRETS: Record<string, string> = {
  DATABASE_URL: 'postgresql://usher:secret@usher-postgres-rw.usher:5432/usher',
  RABBITMQ_URL: 'amqp://default_user:secret@usher-rabbitmq.usher.svc:5672/',
  SMTP_URL: 'smtps://user:secret@mail.example.com',
  LINK_SIGNING_KEY: 'x'.repeat(64),
  OPS_TOKEN: 'x'.repeat(32),
};
/** For the operator, `usher` and people: docs/scaling.md. */
const RESERVED_CONNECTIONS = 20;

const asWritten = [...written('base'), ...written('engines')];
const overlay = rendered('overlays/production');
const sources: [string, Manifest[]][] = [['as written', asWritten]];
if (overlay) sources.push(['as kubectl makes them for production', overlay]);

function variablesOf(config: AnyConfigClass): string[] {
  return Object.keys(config.shape);
}

describe('the kustomizations', () => {
  it('name every file that there is, and no other', () => {
    const roots = ['overlays/production/kustomization.yaml'];
    expect(new Set([...roots, ...namedFiles()])).toEqual(new Set(manifestFiles()));
  });

  // Where there is no kubectl, the overlay's patches and names are not looked at.
  (overlay ? it : it.skip)('can be built, and the overlay changes what it means to', () => {
    const of = (kind: string, name: RegExp) =>
      overlay!.find((each) => each.kind === kind && name.test(each.metadata.name))!;
    expect(of('HorizontalPodAutoscaler', /^api$/).spec).toMatchObject({
      minReplicas: 3,
      maxReplicas: 6,
    });
    expect(of('ConfigMap', /^usher-/).data).toMatchObject({
      PUBLIC_URL: expect.stringMatching(/^https:/),
      METRICS_PORT: '9090',
    });
    expect(of('Deployment', /^api$/).spec.template.spec.containers[0].image).toMatch(/\/usher:/);
  });
});

describe.each(sources)('the manifests %s', (_how, manifests) => {
  const ofKind = (kind: string) => manifests.filter((manifest) => manifest.kind === kind);
  const named = (kind: string, name: string) =>
    ofKind(kind).find((manifest) => manifest.metadata.name === name);
  const podOf = (name: string) =>
    (named('Deployment', name) ?? named('Job', name))!.spec.template.spec;
  const containerOf = (name: string) => podOf(name).containers[0];
  const workers = appNames().filter((name) => name !== 'api');

  /** What a container's own list sets, by name. */
  const ownVariables = (name: string): Record<string, string> =>
    Object.fromEntries(
      containerOf(name).env.map((each: { name: string; value: string }) => [each.name, each.value]),
    );
  const sharedVariables = (name: string): Record<string, string> =>
    Object.assign(
      {},
      ...(containerOf(name).envFrom ?? []).map(
        (from: { configMapRef: { name: string } }) =>
          named('ConfigMap', from.configMapRef.name)!.data,
      ),
    );

  it.each(manifests.map((each) => [`${each.kind} ${each.metadata.name}`, each] as const))(
    'fit the schema: %s',
    (_name, manifest) => validate(manifest),
  );

  it('have no field that Kubernetes does not know', () => {
    expect(unknownFields(manifests)).toEqual([]);
  }, 60_000);

  it('deploy every app, and nothing that is none', () => {
    expect(new Set(ofKind('Deployment').map(({ metadata }) => metadata.name))).toEqual(
      new Set(appNames()),
    );
  });

  describe.each([...appNames(), 'migrate'])('run %s', (name) => {
    it('without rights that it does not need', () => {
      expect(podOf(name)).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      });
      expect(containerOf(name).securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(named('ServiceAccount', podOf(name).serviceAccountName)).toMatchObject({
        automountServiceAccountToken: false,
      });
    });

    it('within limits', () => {
      const { requests, limits } = containerOf(name).resources;
      expect([requests.cpu, requests.memory, limits.memory]).not.toContain(undefined);
    });

    it('with the secrets that its variables name, each from a file, and no other', () => {
      const { volumes } = podOf(name);
      const { mountPath } = containerOf(name).volumeMounts.find(
        (mount: { name: string }) => mount.name === 'secrets',
      );
      const { sources: secrets } = volumes.find(
        (volume: { name: string }) => volume.name === 'secrets',
      ).projected;
      const files = secrets.flatMap(({ secret }: { secret: { items: { path: string }[] } }) =>
        secret.items.map(({ path }) => `${mountPath}/${path}`),
      );
      const variables = Object.entries(ownVariables(name));
      const read = variables.filter(([variable]) => variable.endsWith('_FILE'));
      expect(new Set(read.map(([, path]) => path))).toEqual(new Set(files));
      expect(variables.filter(([variable]) => variable in SECRETS)).toEqual([]);
    });
  });

  describe.each(appNames())('configure %s', (name) => {
    it('with variables that it reads', () => {
      const own = Object.keys(ownVariables(name)).map((each) => each.replace(/_FILE$/, ''));
      const read = CONFIGS[name]!.flatMap(variablesOf);
      expect(own.filter((variable) => !read.includes(variable))).toEqual([]);
      const shared = Object.keys(sharedVariables(name));
      expect(shared.filter((variable) => !KNOWN.has(variable))).toEqual([]);
    });

    it('so that it starts in production', () => {
      const directory = mkdtempSync(join(tmpdir(), 'usher-secrets-'));
      const before = process.env['NODE_ENV'];
      const env = { ...sharedVariables(name), ...ownVariables(name) };
      for (const [variable, path] of Object.entries(env)) {
        if (!variable.endsWith('_FILE')) continue;
        env[variable] = join(directory, basename(path));
        writeFileSync(env[variable], SECRETS[variable.replace(/_FILE$/, '')]!);
      }
      try {
        process.env['NODE_ENV'] = 'production';
        expect(loadConfig(CONFIGS[name]!, env).size).toBe(CONFIGS[name]!.length);
      } finally {
        process.env['NODE_ENV'] = before;
        rmSync(directory, { recursive: true });
      }
    });

    it('as `npm run` starts it', () => {
      const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
      expect(`exec ${containerOf(name).command.join(' ')}`).toBe(scripts[`start:${name}`]);
    });

    it('to be asked on the ports that it listens on', () => {
      const ports = Object.fromEntries(
        containerOf(name).ports.map((port: { name: string; containerPort: number }) => [
          port.name,
          String(port.containerPort),
        ]),
      );
      const { METRICS_PORT, HTTP_PORT, METRICS_HOST } = sharedVariables(name);
      expect(ports).toEqual({ metrics: METRICS_PORT, ...(name === 'api' && { http: HTTP_PORT }) });
      expect(METRICS_HOST).toBe('0.0.0.0');
      expect(containerOf(name).livenessProbe.httpGet).toEqual({
        path: '/healthz',
        port: 'metrics',
      });
      expect(containerOf(name).readinessProbe.httpGet).toEqual({
        path: '/readyz',
        port: 'metrics',
      });
    });

    it('to have more time to stop than it takes', () => {
      const { SHUTDOWN_TIMEOUT } = sharedVariables(name);
      const [, seconds = '0'] = containerOf(name).lifecycle?.preStop.exec.command ?? [];
      const needed = Number(seconds) + parseDuration(SHUTDOWN_TIMEOUT!)! / 1_000;
      expect(podOf(name).terminationGracePeriodSeconds).toBeGreaterThan(needed);
    });

    it('to be found by what selects it', () => {
      const { labels } = named('Deployment', name)!.spec.template.metadata;
      const selectors = [
        named('Deployment', name)!.spec.selector.matchLabels,
        named('PodDisruptionBudget', name)!.spec.selector.matchLabels,
        ...podOf(name).topologySpreadConstraints.map(
          (each: { labelSelector: { matchLabels: object } }) => each.labelSelector.matchLabels,
        ),
      ];
      for (const selector of selectors) expect(labels).toMatchObject(selector);
    });
  });

  describe.each(workers)('scale %s', (name) => {
    const scaled = () => named('ScaledObject', name)!.spec;

    it('on the length of each of its queues', () => {
      const queues = scaled().triggers.map(
        (trigger: { metadata: { queueName: string } }) => trigger.metadata.queueName,
      );
      const read = subscriptions.filter(({ app }) => app === name).map(({ consumer }) => consumer);
      expect(new Set(queues)).toEqual(new Set(read));
    });

    it('by KEDA alone, and never to none', () => {
      expect(scaled().scaleTargetRef.name).toBe(name);
      expect(named('Deployment', name)!.spec.replicas).toBeUndefined();
      expect(scaled().minReplicaCount).toBeGreaterThan(0);
    });

    it('at the length that docs/scaling.md derives', () => {
      for (const { metadata } of scaled().triggers) {
        const row = scalingTable().find(([queue]) => queue === metadata.queueName);
        if (!row) continue;
        const [, prefetch, seconds, value] = row;
        expect(ownVariables(name)['CONSUMER_PREFETCH']).toBe(prefetch);
        expect(metadata.value).toBe(value);
        expect((30 * Number(prefetch)) / Number.parseFloat(seconds!)).toBeCloseTo(Number(value), 5);
      }
    });
  });

  it('need no more connections than PostgreSQL gives', () => {
    const largest = (name: string): number =>
      named('ScaledObject', name)?.spec.maxReplicaCount ??
      named('HorizontalPodAutoscaler', name)!.spec.maxReplicas;
    const needed = appNames()
      .map((name) => largest(name) * Number(ownVariables(name)['DATABASE_POOL']))
      .reduce((sum, each) => sum + each, RESERVED_CONNECTIONS);
    const { parameters } = named('Cluster', 'usher-postgres')!.spec.postgresql;
    expect(needed).toBeLessThanOrEqual(Number(parameters.max_connections));
  });

  it('read the Secrets that the operators make of the engines', () => {
    const secretsOf = (name: string): string[] =>
      podOf(name)
        .volumes.flatMap(
          (volume: { projected?: { sources: unknown[] } }) => volume.projected?.sources ?? [],
        )
        .map(({ secret }: { secret: { name: string } }) => secret.name);
    const [postgres] = ofKind('Cluster');
    const [rabbitmq] = ofKind('RabbitmqCluster');
    for (const name of appNames()) {
      expect(secretsOf(name)).toContain(`${postgres!.metadata.name}-app`);
      expect(secretsOf(name)).toContain(`${rabbitmq!.metadata.name}-default-user`);
    }
  });

  it('let nobody in or out but where a policy says so', () => {
    const policies = ofKind('NetworkPolicy').map(({ spec }) => spec);
    const everything = policies.find(
      ({ podSelector }) => podSelector.matchLabels?.['app.kubernetes.io/part-of'] === 'usher',
    );
    expect(everything.policyTypes).toEqual(['Ingress', 'Egress']);
    for (const name of [...appNames(), 'migrate']) {
      const { labels } = (named('Deployment', name) ?? named('Job', name))!.spec.template.metadata;
      expect(labels).toMatchObject(everything.podSelector.matchLabels);
    }
  });
});

/** The rows of the page's table about KEDA: queue, prefetch, seconds, value. */
function scalingTable(): string[][] {
  return readFileSync(join(root, 'docs/scaling.md'), 'utf8')
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')))
    .map((cells) => cells.slice(1, -1))
    .filter((cells) => cells.length === 4 && cells[0]!.includes('worker.'));
}
