import { PodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor';
import { Cluster } from '@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/Cluster';
import { ScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject';
import { TriggerAuthentication } from '@kubernetes-models/keda/keda.sh/v1alpha1/TriggerAuthentication';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import { Job } from 'kubernetes-models/batch/v1/Job';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { Namespace } from 'kubernetes-models/v1/Namespace';
import { Service } from 'kubernetes-models/v1/Service';
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import { join } from 'node:path';
import ts from 'typescript';
import { z } from 'zod';
import { root } from '../../tools/embedded-stack/src/paths.js';
import type { Manifest } from './manifests.js';

type Model = new (data: never) => { validate(): void };

const KUBERNETES = 'kubernetes-models';
const KEDA = '@kubernetes-models/keda';

/** By apiVersion and kind: the package that knows the schema, and its model. */
const MODELS: Record<string, readonly [string, Model]> = {
  'apps/v1/Deployment': [KUBERNETES, Deployment],
  'autoscaling/v2/HorizontalPodAutoscaler': [KUBERNETES, HorizontalPodAutoscaler],
  'batch/v1/Job': [KUBERNETES, Job],
  'networking.k8s.io/v1/NetworkPolicy': [KUBERNETES, NetworkPolicy],
  'policy/v1/PodDisruptionBudget': [KUBERNETES, PodDisruptionBudget],
  'v1/ConfigMap': [KUBERNETES, ConfigMap],
  'v1/Namespace': [KUBERNETES, Namespace],
  'v1/Service': [KUBERNETES, Service],
  'v1/ServiceAccount': [KUBERNETES, ServiceAccount],
  'keda.sh/v1alpha1/ScaledObject': [KEDA, ScaledObject],
  'keda.sh/v1alpha1/TriggerAuthentication': [KEDA, TriggerAuthentication],
  'monitoring.coreos.com/v1/PodMonitor': ['@kubernetes-models/prometheus-operator', PodMonitor],
  'postgresql.cnpg.io/v1/Cluster': ['@kubernetes-models/cloudnative-pg', Cluster],
};

const quantity = z.string().regex(/^\d+(m|Mi|Gi)?$/);
const resources = z.strictObject({ cpu: quantity.optional(), memory: quantity });

/**
 * No package has the schema of this one. These are the fields that are used here, spelled as in the operator's
 * reference, and no others: https://www.rabbitmq.com/kubernetes/operator/using-operator
 */
const rabbitmqCluster = z.strictObject({
  apiVersion: z.literal('rabbitmq.com/v1beta1'),
  kind: z.literal('RabbitmqCluster'),
  metadata: z.strictObject({ name: z.string(), namespace: z.string().optional() }),
  spec: z.strictObject({
    replicas: z.number().int().min(3),
    image: z.string(),
    persistence: z.strictObject({ storage: quantity }),
    resources: z.strictObject({ requests: resources, limits: resources }),
    rabbitmq: z.strictObject({ additionalConfig: z.string().max(100_000) }),
    affinity: z.strictObject({ podAntiAffinity: z.record(z.string(), z.array(z.unknown())) }),
  }),
});

const kindOf = ({ apiVersion, kind }: Manifest) => `${apiVersion}/${kind}`;
const isRabbitmq = (manifest: Manifest) =>
  kindOf(manifest) === 'rabbitmq.com/v1beta1/RabbitmqCluster';

/** @throws Error when a value is not as the schema wants it, or when there is no schema for its kind */
export function validate(manifest: Manifest): void {
  if (isRabbitmq(manifest)) return void rabbitmqCluster.parse(manifest);
  const model = MODELS[kindOf(manifest)];
  if (!model) throw new Error(`no schema is known for ${kindOf(manifest)}`);
  new model[1](manifest as never).validate();
}

/**
 * What the types of the same packages say: unlike the schemas, they refuse a field that does not exist, which
 * Kubernetes would drop without a word.
 */
export function unknownFields(manifests: readonly Manifest[]): string[] {
  const typed = manifests.filter((manifest) => !isRabbitmq(manifest));
  const source = typed.map((manifest, index) => {
    const [packageName] = MODELS[kindOf(manifest)]!;
    const path = `${packageName}/${kindOf(manifest)}`;
    return `const m${index}: import('${path}').I${manifest.kind} = ${JSON.stringify(manifest)};`;
  });
  const file = join(root, 'test/deploy/manifests-as-types.ts');
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const fileExists = host.fileExists.bind(host);
  const getSourceFile = host.getSourceFile.bind(host);
  host.fileExists = (name) => name === file || fileExists(name);
  host.getSourceFile = (name, version, ...others) =>
    name === file
      ? ts.createSourceFile(name, `${source.join('\n')}\nexport {};`, version)
      : getSourceFile(name, version, ...others);
  return ts
    .getPreEmitDiagnostics(ts.createProgram([file], options, host))
    .map(({ messageText, file: where, start }) => {
      const line =
        where && start !== undefined ? where.getLineAndCharacterOfPosition(start).line : 0;
      const { kind, metadata } = typed[line] ?? { kind: '?', metadata: { name: '?' } };
      return `${kind} ${metadata.name}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
    });
}
