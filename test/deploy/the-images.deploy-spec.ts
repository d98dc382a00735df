import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../tools/embedded-stack/src/paths.js';
import { manifestFiles } from '../support/manifests.js';

const FILES = [
  'Dockerfile',
  'docker-compose.yml',
  'compose.production.yml',
  'deploy/compose.monitoring.yml',
  ...manifestFiles().map((path) => `deploy/kubernetes/${path}`),
];
/** Our own: of the sources at hand, and in an overlay of the version that is deployed. */
const OWN = 'usher';

/** Every image of somebody else's that a file names. */
function imagesOf(path: string): string[] {
  const text = readFileSync(join(root, path), 'utf8');
  const named = [...text.matchAll(/^\s*(?:image:|imageName:|FROM)\s+(\S+)/gm)].map(
    ([, name]) => name!,
  );
  const stages = [...text.matchAll(/^FROM .* AS (\S+)/gm)].map(([, name]) => name!);
  return named.filter((name) => name !== OWN && !stages.includes(name));
}

const images = FILES.flatMap((path) => imagesOf(path).map((image) => [image, path] as const));

it.each(images)('%s of %s is pinned to a minor version', (image) => {
  expect(image).toMatch(/:v?\d+\.\d+[\w.-]*$/);
});

it('all parts that are not ours are among them', () => {
  const names = images.map(([image]) => image.replace(/:.*/, '').replace(/.*\//, ''));
  expect(new Set(names)).toEqual(
    new Set(['node', 'postgres', 'postgresql', 'rabbitmq', 'maildev', 'prometheus', 'grafana']),
  );
});

it('compose and Kubernetes run the same RabbitMQ', () => {
  const versions = images.filter(([image]) => image.startsWith('rabbitmq:'));
  expect(new Set(versions.map(([image]) => image)).size).toBe(1);
});
