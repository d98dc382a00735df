import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { root } from '../../tools/embedded-stack/src/paths.js';

const FOLDER = join(root, 'deploy/kubernetes');

/** One object of Kubernetes. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec?: any; // oxlint-disable-line typescript/no-explicit-any -- its schema is what is tested
  readonly data?: Record<string, string>;
}

type Spec = any; // oxlint-disable-line typescript/no-explicit-any -- its schema is what is tested
type Pod = any; // oxlint-disable-line typescript/no-explicit-any -- its schema is what is tested

interface Kustomization {
  readonly resources?: readonly string[];
  readonly patches?: readonly { readonly path: string }[];
  readonly configMapGenerator?: readonly { readonly name: string; readonly literals: string[] }[];
}

const isKustomization = (path: string) => path.endsWith('kustomization.yaml');

const allDocuments = (text: string): Manifest[] =>
  parseAllDocuments(text).map((document) => document.toJS() as Manifest);

/** All YAML files of deploy/kubernetes, as paths from there. */
export const manifestFiles = (): string[] =>
  readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.yaml'),
  );

/** What the kustomizations name, as paths from deploy/kubernetes; a folder is named by its kustomization. */
export function namedFiles(): string[] {
  return manifestFiles()
    .filter(isKustomization)
    .flatMap((file) => {
      const { resources = [], patches = [] } = readKustomization(file);
      return [...resources, ...patches.map(({ path }) => path)].map((path) => {
        const named = join(file, '..', path);
        return named.endsWith('.yaml') ? named : join(named, 'kustomization.yaml');
      });
    });
}

/** What is deployed: as it is written and, where there is a kubectl, as that makes it for production. */
export function manifestSources(): [string, Manifests][] {
  const sources: [string, Manifests][] = [
    ['as written', new Manifests([...written('base'), ...written('engines')])],
  ];
  const overlay = rendered('overlays/production');
  if (overlay) sources.push(['as kubectl makes them', overlay]);
  return sources;
}

/** The objects of a folder as they are written, and the ConfigMaps that its kustomization makes. */
function written(folder: string): Manifest[] {
  const { resources = [], configMapGenerator = [] } = readKustomization(
    join(folder, 'kustomization.yaml'),
  );
  const configMaps = configMapGenerator.map(({ name, literals }) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name },
    data: Object.fromEntries(literals.map((literal) => literal.split(/=(.*)/s).slice(0, 2))),
  }));
  return [
    ...resources.flatMap((file) => allDocuments(readFileSync(join(FOLDER, folder, file), 'utf8'))),
    ...configMaps,
  ];
}

/** The objects of a folder as kubectl would apply them, or undefined where there is no kubectl. */
export function rendered(folder: string): Manifests | undefined {
  if (!hasKubectl()) return undefined;
  const text = execFileSync('kubectl', ['kustomize', join(FOLDER, folder)], { encoding: 'utf8' });
  return new Manifests(allDocuments(text));
}

const hasKubectl = () =>
  (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(join(folder, 'kubectl')));

const readKustomization = (file: string): Kustomization =>
  parse(readFileSync(join(FOLDER, file), 'utf8'));

/** A set of objects that are applied together, and what a test asks about them. */
export class Manifests {
  constructor(readonly all: readonly Manifest[]) {}

  ofKind(kind: string): Manifest[] {
    return this.all.filter((manifest) => manifest.kind === kind);
  }

  named(kind: string, name: string): Manifest | undefined {
    return this.ofKind(kind).find((manifest) => manifest.metadata.name === name);
  }

  /** @throws Error that says where such an object is to be added */
  specOf(kind: string, name: string): Spec {
    const manifest = this.named(kind, name);
    if (manifest) return manifest.spec;
    throw new Error(
      `${name} has no ${kind}: add deploy/kubernetes/base/${name}.yaml, and its name to kustomization.yaml there`,
    );
  }

  /** The pods of a Deployment or a Job. @throws Error as {@link specOf} */
  templateOf(name: string): Pod {
    return this.specOf(this.named('Job', name) ? 'Job' : 'Deployment', name).template;
  }

  containerOf(name: string): Pod {
    return this.templateOf(name).spec.containers[0];
  }

  /** The variables that a container is given by its own list. */
  ownVariables(name: string): Record<string, string> {
    const list: { name: string; value: string }[] = this.containerOf(name).env;
    return Object.fromEntries(list.map((variable) => [variable.name, variable.value]));
  }

  /** The variables that a container is given by the ConfigMaps that it names. */
  sharedVariables(name: string): Record<string, string> {
    const sources: { configMapRef: { name: string } }[] = this.containerOf(name).envFrom ?? [];
    return Object.assign(
      {},
      ...sources.map(({ configMapRef }) => this.named('ConfigMap', configMapRef.name)!.data),
    );
  }
}
