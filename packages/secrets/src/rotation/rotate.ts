/** Gives a secret another value, in steps that can be undone. */
import { SecretError, type SecretStore } from '@quality-hub/protocol';
import type { Secret } from '@quality-hub/telemetry';
import type { KnownSecret } from '../known-secret.ts';
import { whole } from './whole-value.ts';

export interface RotationSteps<T = string> {
  /** Makes the new value where it counts: a second key of an API, say. Gets the old one in its box. */
  readonly create: (old: Secret<T>) => T | Promise<T>;
  /** Proves that the new one is taken; throws where it is not. */
  readonly test: (fresh: Secret<T>) => void | Promise<void>;
  /** Takes the old one away, when the new one is in its store. */
  readonly finish?: (old: Secret<T>, fresh: Secret<T>) => void | Promise<void>;
  /** Takes the new one away, where `test` or the store refused it. */
  readonly undo?: (fresh: Secret<T>, old: Secret<T>) => void | Promise<void>;
}

export interface RotatedSecret {
  readonly name: string;
  readonly version: string;
}

interface RotationSeams<T> {
  readonly store: SecretStore;
  readonly signal: AbortSignal;
  /** A box around one value, whose texts are told before it opens. */
  readonly seal: (value: T) => Secret<T>;
}

/** @throws what a step throws, after `undo`; where that fails as well, both ({@link AggregateError}). */
export async function rotateSecret<T>(
  { name, reference, value, stored }: KnownSecret,
  { create, test, finish, undo }: RotationSteps<T>,
  { store, signal, seal }: RotationSeams<T>,
): Promise<RotatedSecret> {
  if (store.write === undefined || reference.version !== undefined) {
    throw new SecretError(
      'QH_SECRET_DENIED',
      store.write === undefined
        ? `The secret ${name} cannot be rotated: a store of the kind ${store.kind} cannot be written`
        : `The secret ${name} cannot be rotated: its reference names the version ${reference.version}`,
      store.write === undefined ? 'Rotate it where it is kept' : 'Leave the version away',
    );
  }
  // A default is no value of the store: there is nothing beside it.
  const before = stored?.version === 'default' ? undefined : stored?.value;
  const old = seal(value as T);
  const fresh = seal(await create(old));
  let version: string;
  try {
    // Opened here first, so that nobody has it before the mask.
    const next = fresh.reveal();
    await test(fresh);
    version = (await store.write(reference.path, whole(reference.key, before, next), { signal })).version;
  } catch (error) {
    await undoing(error, () => undo?.(fresh, old));
    throw error;
  }
  await finish?.(old, fresh);
  return { name, version };
}

async function undoing(error: unknown, undo: () => void | Promise<void>): Promise<void> {
  try {
    await undo();
  } catch (second) {
    throw new AggregateError([error, second], 'The secret was not rotated, and the new value could not be taken away');
  }
}
