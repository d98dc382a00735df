import type { JsonSchema } from '#libs/messaging';
import { isDeepStrictEqual } from 'node:util';

/** What a schema says to people, and where it is found: it decides about no message. */
const ANNOTATIONS = new Set(['$schema', '$id', 'title', 'description', 'examples', 'deprecated']);
/** Compared field by field. */
const FIELDS = new Set(['properties', 'required', 'items']);

/**
 * What of a published schema may not have become what it is now. Both directions count: what waits in
 * queues and outboxes was written by the published one and is read by the current one, and consumers in
 * the field check what is written from now on by the published one. So nothing that is there may change,
 * neither become narrower nor wider, and what is new has to be optional.
 *
 * Keywords are compared as they are written: `anyOf`, `$ref` and patterns that only mean the same count as
 * changed.
 * @returns one sentence a problem, which begins with the field
 */
export function compatibilityProblems(
  published: JsonSchema,
  current: JsonSchema,
  field = '',
): string[] {
  return [
    ...changedKeywords(published, current).map((change) => `${field || 'the event'}: ${change}`),
    ...fieldProblems(published, current, field),
    ...(isSchema(published.items) && isSchema(current.items)
      ? compatibilityProblems(published.items, current.items, `${field}[]`)
      : different('items', published.items, current.items).map((change) => `${field}: ${change}`)),
  ];
}

function changedKeywords(published: JsonSchema, current: JsonSchema): string[] {
  const keywords = new Set([...Object.keys(published), ...Object.keys(current)]);
  return [...keywords]
    .filter((keyword) => !ANNOTATIONS.has(keyword) && !FIELDS.has(keyword))
    .flatMap((keyword) => different(keyword, published[keyword], current[keyword]));
}

function fieldProblems(published: JsonSchema, current: JsonSchema, parent: string): string[] {
  const [before, now] = [published.properties ?? {}, current.properties ?? {}];
  return Object.keys({ ...before, ...now }).flatMap((name) => {
    const path = parent ? `${parent}.${name}` : name;
    const [wasRequired, isRequired] = [published, current].map((s) => !!s.required?.includes(name));
    if (!(name in now)) return [`${path}: has been removed`];
    if (!(name in before)) return isRequired ? [`${path}: is new and required`] : [];
    return [
      ...(isRequired && !wasRequired ? [`${path}: has become required`] : []),
      ...(wasRequired && !isRequired ? [`${path}: is no longer required`] : []),
      ...compatibilityProblems(before[name] as JsonSchema, now[name] as JsonSchema, path),
    ];
  });
}

function different(keyword: string, before: unknown, now: unknown): string[] {
  if (isDeepStrictEqual(before, now)) return [];
  return [`${keyword} was ${shown(before)} and is ${shown(now)}`];
}

const shown = (value: unknown) => (value === undefined ? 'not given' : JSON.stringify(value));

const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
