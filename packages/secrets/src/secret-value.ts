/** From what a store holds to the value that was asked for: one key of it, and of the type that the configuration names. */
import { closestName, SecretError, type StoredSecret } from '@quality-hub/protocol';
import type { SecretReference } from './reference.ts';
import type { SecretType } from './section.ts';

/** @throws {SecretError} `_NOT_FOUND` without the key, `_INVALID` where it is not of the type; neither shows a value. */
export async function secretValue(
  name: string,
  reference: SecretReference,
  type: SecretType | undefined,
  { value }: StoredSecret,
): Promise<unknown> {
  const part = reference.key === undefined ? value : partOf(name, reference, reference.key, value);
  if (type === undefined) return part;
  if (type === 'text') return typeof part === 'string' ? part : invalid(name, 'is no text', 'Name one of its keys');
  if (type === 'json') return typeof part === 'string' ? parsed(name, part) : part;
  const result = await type['~standard'].validate(part);
  if (result.issues === undefined) return result.value;
  // What a schema says of a value may hold the value.
  const places = result.issues.map(({ path = [] }) => pathText(path));
  return invalid(
    name,
    `is not what its schema expects (${[...new Set(places)].join(', ')})`,
    'Look at it in its store',
  );
}

function partOf(name: string, reference: SecretReference, key: string, value: StoredSecret['value']): unknown {
  const parts = typeof value === 'string' ? partsOf(name, reference, value) : value;
  if (Object.hasOwn(parts, key)) return parts[key];
  const close = closestName(key, Object.keys(parts));
  throw new SecretError(
    'QH_SECRET_NOT_FOUND',
    `The secret ${name} has no key ${key} in ${reference.store}:${reference.path}`,
    close === undefined ? `It has ${Object.keys(parts).join(', ') || 'no keys'}` : `Did you mean ${close}?`,
  );
}

/** Some stores hold texts only, and people put JSON there. */
function partsOf(name: string, { store, path, key }: SecretReference, text: string): Readonly<Record<string, unknown>> {
  try {
    const parts: unknown = JSON.parse(text);
    if (typeof parts === 'object' && parts !== null) return parts as Readonly<Record<string, unknown>>;
  } catch {
    // A plain text.
  }
  return invalid(
    name,
    `is a plain text in ${store}:${path}, and its key ${key} was asked for`,
    'Leave the key away, or keep JSON there',
  );
}

function parsed(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return invalid(name, 'is no JSON', 'Keep JSON there, or leave its type away');
  }
}

function invalid(name: string, what: string, hint: string): never {
  throw new SecretError('QH_SECRET_INVALID', `The secret ${name} ${what}`, hint);
}

function pathText(path: readonly (PropertyKey | { readonly key: PropertyKey })[]): string {
  return path.map(part => String(typeof part === 'object' ? part.key : part)).join('.') || 'as a whole';
}
