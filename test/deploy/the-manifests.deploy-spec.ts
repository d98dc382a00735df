import { appNames } from '../../tools/start/src/app-command.js';
import { unknownFields, validate } from '../support/manifest-schemas.js';
import { manifestFiles, manifestSources, namedFiles, rendered } from '../support/manifests.js';

const OVERLAYS = ['production', 'managed-servers'].map(
  (name) => `overlays/${name}/kustomization.yaml`,
);

describe('the kustomizations', () => {
  it('name every file that there is, and no other', () => {
    expect(new Set([...OVERLAYS, ...namedFiles()])).toEqual(new Set(manifestFiles()));
  });
});

const overlay = rendered('overlays/production');

describe('the overlay for production', () => {
  // Where there is no kubectl, nobody looks at what the overlay's patches and names come to.
  (overlay ? it : it.skip)('changes what it means to, and nothing besides', () => {
    expect(overlay!.named('HorizontalPodAutoscaler', 'api')!.spec).toMatchObject({
      minReplicas: 3,
      maxReplicas: 6,
    });
    expect(overlay!.sharedVariables('api')).toMatchObject({
      PUBLIC_URL: expect.stringMatching(/^https:/),
      METRICS_PORT: '9090',
    });
    for (const app of [...appNames(), 'migrate']) {
      expect(overlay!.containerOf(app).image).toMatch(/\/usher:\d/);
    }
  });
});

const managed = rendered('overlays/managed-servers');

describe('the overlay for managed servers', () => {
  const ports = (name: string): number[] =>
    managed!
      .named('NetworkPolicy', name)!
      .spec.egress.flatMap(({ ports: some }: { ports: { port: number }[] }) =>
        some.map(({ port }) => port),
      );

  (managed ? it : it.skip)('opens the ways to them, and closes those to the bundled ones', () => {
    expect(ports('to-postgres')).toEqual([6432]);
    expect(ports('to-rabbitmq')).toEqual([5671]);
    expect(ports('email-worker-to-mail-server')).toEqual([2525]);
    expect(ports('usher')).toEqual([53, 53]);
    const policies = JSON.stringify(managed!.ofKind('NetworkPolicy'));
    expect(policies).not.toMatch(/cnpg\.io|usher-rabbitmq/);
  });

  (managed ? it.each([...appNames(), 'migrate']) : it.skip.each(['any']))(
    'gives %s the CA of the servers',
    (name) => {
      const { NODE_EXTRA_CA_CERTS } = managed!.ownVariables(name);
      const { volumeMounts } = managed!.containerOf(name);
      const { mountPath } = volumeMounts.find((mount: { name: string }) => mount.name === 'ca');
      expect(NODE_EXTRA_CA_CERTS).toBe(`${mountPath}/ca.pem`);
      expect(managed!.templateOf(name).spec.volumes).toContainEqual({
        name: 'ca',
        configMap: { name: 'usher-ca' },
      });
    },
  );

  (managed ? it : it.skip)('fits the schemas', () => {
    for (const manifest of managed!.all) validate(manifest);
    expect(unknownFields(managed!.all)).toEqual([]);
  });
});

describe.each(manifestSources())('the manifests %s', (_how, manifests) => {
  it.each(manifests.all.map((each) => [`${each.kind} ${each.metadata.name}`, each] as const))(
    'fit the schema: %s',
    (_name, manifest) => validate(manifest),
  );

  it('have no field that Kubernetes does not know', () => {
    expect(unknownFields(manifests.all)).toEqual([]);
  });

  it('deploy every app, and nothing that is none', () => {
    const deployed = manifests.ofKind('Deployment').map(({ metadata }) => metadata.name);
    expect(new Set(deployed)).toEqual(new Set(appNames()));
  });

  describe.each([...appNames(), 'migrate'])('run %s', (name) => {
    const { metadata, spec } = manifests.templateOf(name);
    const container = manifests.containerOf(name);

    it('without rights that it does not need', () => {
      expect(spec).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      });
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(manifests.named('ServiceAccount', spec.serviceAccountName)).toMatchObject({
        automountServiceAccountToken: false,
      });
    });

    it('within limits', () => {
      const { requests, limits } = container.resources;
      expect([requests.cpu, requests.memory, limits.memory]).not.toContain(undefined);
    });

    it('with the secrets that its variables name, each from a file, and no other', () => {
      const named = (each: { name: string }) => each.name === 'secrets';
      const { mountPath } = container.volumeMounts.find(named);
      const files = spec.volumes
        .find(named)
        .projected.sources.flatMap(({ secret }: { secret: { items: { path: string }[] } }) =>
          secret.items.map(({ path }) => `${mountPath}/${path}`),
        );
      const read = Object.entries(manifests.ownVariables(name)).filter(([variable]) =>
        variable.endsWith('_FILE'),
      );
      expect(new Set(read.map(([, path]) => path))).toEqual(new Set(files));
      expect(container.env.filter((each: { valueFrom?: object }) => each.valueFrom)).toEqual([]);
    });

    it('where nobody gets in or out but by a policy', () => {
      const policy = manifests.named('NetworkPolicy', 'usher')!.spec;
      expect(policy.policyTypes).toEqual(['Ingress', 'Egress']);
      expect(metadata.labels).toMatchObject(policy.podSelector.matchLabels);
    });
  });

  it.each(appNames())('spread %s, and keep it running when a node is emptied', (name) => {
    const { metadata, spec } = manifests.templateOf(name);
    const selectors = [
      manifests.named('Deployment', name)!.spec.selector,
      manifests.named('PodDisruptionBudget', name)!.spec.selector,
      ...spec.topologySpreadConstraints.map(
        ({ labelSelector }: { labelSelector: object }) => labelSelector,
      ),
    ];
    expect(selectors).toHaveLength(4);
    for (const { matchLabels } of selectors) expect(metadata.labels).toMatchObject(matchLabels);
  });

  it('read the Secrets that the operators make of the engines', () => {
    const [postgres] = manifests.ofKind('Cluster');
    const [rabbitmq] = manifests.ofKind('RabbitmqCluster');
    for (const name of appNames()) {
      const secrets = JSON.stringify(manifests.templateOf(name).spec.volumes);
      expect(secrets).toContain(`"${postgres!.metadata.name}-app"`);
      expect(secrets).toContain(`"${rabbitmq!.metadata.name}-default-user"`);
    }
  });
});
