/** Gives all secrets under one path of a store new values, in one version: so that each has its old one in the version before. */
import { SecretError, type SecretStore, type StoredSecret } from '@quality-hub/protocol';
import type { KnownSecret } from '../known-secret.ts';
import { secretValue } from '../secret-value.ts';
import { type Chance, newValue } from './new-value.ts';
import { whole } from './whole-value.ts';

export interface NewVersion {
  readonly name: string;
  readonly version: string;
  /** Whether the values before can be read as `@previous`: not every store keeps them. */
  readonly keepsPrevious: boolean;
}

interface ScheduledSeams {
  readonly store: SecretStore;
  readonly signal: AbortSignal;
  /** Hears of every new value before it is written. */
  readonly onValue: (name: string, value: string) => void;
  readonly chance?: Chance | undefined;
}

/**
 * @param group Names of one path, read just now; several may mean the same key of it.
 * @throws {SecretError} `_DENIED` where nothing can be written, `_INVALID` where a value would not be of its type; nothing is written then.
 */
export async function rotateGroup(
  group: readonly KnownSecret[],
  { store, signal, onValue, chance }: ScheduledSeams,
): Promise<Pick<NewVersion, 'version' | 'keepsPrevious'>> {
  for (const known of group) requireWritable(known, store);
  const byKey = new Map(group.map(known => [known.reference.key, known]));
  if (byKey.size > 1 && byKey.has(undefined)) throw overlapping(group);
  const [{ reference, stored } = {}] = group;
  let value: StoredSecret['value'] = stored?.value ?? '';
  for (const [key, known] of byKey) {
    const { name, section, value: before } = known;
    const next = await newValue(name, section.rotate ?? { everyDays: 1 }, chance);
    if (next === before) throw unchanged(name);
    onValue(name, next);
    value = whole(key, value, next);
  }
  for (const known of group) await secretValue(known.name, known.reference, known.section.type, { value });
  const path = reference?.path ?? '';
  const { version } = await (store as Required<SecretStore>).write(path, value, { signal });
  // It is written: that nobody can tell what else there is takes nothing back.
  const versions = await store.versions(path, { signal }).catch(() => []);
  return { version, keepsPrevious: versions.some(({ stage }) => stage === 'previous') };
}

function requireWritable({ name, reference, section, stored }: KnownSecret, store: SecretStore): void {
  const refused = (why: string, hint: string): SecretError =>
    new SecretError('QH_SECRET_DENIED', `The secret ${name} cannot be rotated: ${why}`, hint);
  if (section.rotate === undefined)
    throw refused('its section has no rotate', 'Say how often: rotate: { everyDays: 30 }');
  if (store.write === undefined)
    throw refused(`a store of the kind ${store.kind} cannot be written`, 'Rotate it where it is kept');
  if (reference.version !== undefined)
    throw refused(`its reference names the version ${reference.version}`, 'Leave the version away');
  if (stored === undefined || stored.version === 'default')
    throw refused(`it is not in the store ${reference.store}`, 'Put its first value there');
  if (reference.key === undefined && typeof stored.value !== 'string')
    throw refused(`it has several values, and which one is not said`, 'Name its key: store:path#key');
}

function overlapping(group: readonly KnownSecret[]): SecretError {
  const names = group.map(({ name }) => name).join(' and ');
  return new SecretError(
    'QH_SECRET_INVALID',
    `${names} are one value as a whole, and keys of it`,
    'Leave rotate away from the whole one',
  );
}

function unchanged(name: string): SecretError {
  return new SecretError(
    'QH_SECRET_INVALID',
    `The secret ${name} cannot be rotated: the new value is the one it has`,
    'Look at rotate.generate of the secret',
  );
}
