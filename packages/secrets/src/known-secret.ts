/** What is known of one secret while it is in use. */
import { isDeepStrictEqual } from 'node:util';
import type { StoredSecret } from '@quality-hub/protocol';
import type { SecretReference } from './reference.ts';
import type { SecretSection } from './section.ts';

export class KnownSecret {
  readonly name: string;
  readonly reference: SecretReference;
  readonly section: SecretSection;
  /** What boxes give. */
  value: unknown;
  /** What the value was made of. */
  stored: StoredSecret | undefined;
  /** The current version, which was refused while the one before was not: as long as nothing newer comes, that one stays. */
  refusedCurrent: StoredSecret | undefined;
  /** The store has no such secret: until then its default serves, in milliseconds of the wall clock. */
  defaultUntil = 0;
  /** Nothing else could be had for these refused values: until then nobody asks again. */
  fruitlessUntil = 0;

  constructor(name: string, reference: SecretReference, section: SecretSection) {
    this.name = name;
    this.reference = reference;
    this.section = section;
  }

  /** One question brings all keys of a path. */
  get cacheKey(): string {
    const { store, path, version = '' } = this.reference;
    return `${store}:${path}@${version}`;
  }

  get hasDefault(): boolean {
    return this.section.default !== undefined;
  }

  /** Whether boxes give what was made of `stored`, or stay with the version before it. */
  hasTaken(stored: StoredSecret): boolean {
    if (this.stored === stored) return true;
    return this.refusedCurrent !== undefined && isDeepStrictEqual(this.refusedCurrent, stored);
  }

  isAmong(values: readonly unknown[]): boolean {
    return values.some(value => isDeepStrictEqual(value, this.value));
  }

  take(value: unknown, stored: StoredSecret): void {
    this.value = value;
    this.stored = stored;
    this.refusedCurrent = undefined;
    this.defaultUntil = 0;
  }

  forget(): void {
    this.value = undefined;
    this.stored = undefined;
  }
}
