import { requests, subscriptions, usherMessaging } from '#libs/contracts';
import { planTopology } from '#libs/messaging';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { root } from '../../tools/embedded-stack/src/paths.js';
import { appNames } from '../../tools/start/src/app-command.js';
import { PROMETHEUS_FOLDER, promtool } from '../support/prometheus.js';

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: { readonly severity: string };
}

interface Expectation {
  readonly expr: string;
  readonly exp_samples: readonly unknown[];
}

const read = (file: string) => parse(readFileSync(join(PROMETHEUS_FOLDER, file), 'utf8'));

const alerts: Alert[] = read('alerts.yml').groups.flatMap(
  (group: { rules: Alert[] }) => group.rules,
);
const jobs: { job_name: string; dns_sd_configs: unknown }[] = read('prometheus.yml').scrape_configs;
const expectations: Expectation[] = read('alerts.test.yml').tests.flatMap(
  (test: { promql_expr_test: Expectation[] }) => test.promql_expr_test,
);
const topology = planTopology(usherMessaging, [1_000, 600_000]);

describe('what Prometheus reads', () => {
  it('is what this version of it takes', async () => {
    expect(await promtool('check', 'config', 'prometheus.yml')).toContain('is valid');
    expect(await promtool('check', 'rules', 'recording-rules.yml', 'alerts.yml')).not.toContain(
      'FAILED',
    );
  });

  it('says when each alert fires, and when it does not', async () => {
    expect(await promtool('test', 'rules', 'alerts.test.yml')).toContain('SUCCESS');
  });

  it('names every app as a job, and no other', () => {
    expect(new Set(jobs.map(({ job_name }) => job_name))).toEqual(new Set(appNames()));
  });

  it('asks the services of docker-compose.yml where they serve their metrics', () => {
    const { services } = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8'), {
      merge: true,
    });
    for (const { job_name, dns_sd_configs } of jobs) {
      expect(dns_sd_configs).toMatchObject([
        { names: [job_name], port: services[job_name].environment.METRICS_PORT },
      ]);
    }
  });
});

describe.each(alerts.map((alert) => [alert.alert, alert] as const))(
  'the alert %s',
  (name, alert) => {
    const own = expectations.filter(({ expr }) => expr.includes(`"${name}"`));
    const all = expectations.filter(({ expr }) => expr === 'ALERTS{alertstate="firing"}');
    const firing = [...own, ...all].filter(({ exp_samples }) =>
      JSON.stringify(exp_samples).includes(`alertname=\\"${name}\\"`),
    );

    it('is tested where it fires and where it does not', () => {
      expect(firing).not.toEqual([]);
      expect(own.filter(({ exp_samples }) => exp_samples.length === 0)).not.toEqual([]);
    });

    it('says how urgent it is, and does not fire for a moment only', () => {
      expect(['critical', 'warning']).toContain(alert.labels.severity);
      expect(alert.for).toMatch(/^\d+m$/);
    });
  },
);

describe('an alert about', () => {
  const expressionOf = (name: string) => alerts.find(({ alert }) => alert === name)!.expr;
  const matcher = (name: string, operator: string) =>
    new RegExp(`^(?:${new RegExp(`${operator}"([^"]+)"`).exec(expressionOf(name))![1]})$`);
  const queues = topology.queues.map((queue) => queue.name);

  it.each(['InstanceDown', 'AppMissing'])('processes (%s) knows every app', (name) => {
    for (const app of appNames()) expect(expressionOf(name)).toMatch(new RegExp(`["|]${app}["|]`));
  });

  it('missing consumers means the queues that somebody has to read, and no other', () => {
    const left = queues.filter((queue) => !matcher('QueueWithoutConsumer', '!~').test(queue));
    expect(new Set(left)).toEqual(
      new Set([
        ...subscriptions.map(({ consumer }) => consumer),
        ...requests.map(({ queue }) => queue),
      ]),
    );
  });

  it('dead letters means the dead letters of every consumer', () => {
    const meant = queues.filter((queue) => matcher('DeadLetters', '=~').test(queue));
    expect(meant).toHaveLength(subscriptions.length);
  });
});
