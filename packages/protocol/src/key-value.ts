/** What several processes share: small texts under keys, each with a version. The drivers are in `@quality-hub/state`. */

export interface StoredValue {
  readonly value: string;
  /** Grows with every write of the key; never 0. */
  readonly version: number;
}

export interface KeyedValue extends StoredValue {
  readonly key: string;
}

export interface SetOptions {
  /** Lifetime in milliseconds. @default for ever */
  readonly ttlMs?: number;
  /** Writes only where the key has this version; 0: only where there is none. */
  readonly ifVersion?: number;
}

/** How long a written value survives: not even the process, the death of its process, the death of its machine. */
export type Durability = 'none' | 'process' | 'machine';

/** A shared store. Every call is one atomic step; a value that is past its lifetime is not there. */
export interface KeyValueDriver {
  /** Other processes see what is written here. */
  readonly shared: boolean;
  readonly durability: Durability;
  get(key: string): Promise<StoredValue | undefined>;
  /** The new version, or undefined where `ifVersion` is not the version found: nothing was written then. */
  set(key: string, value: string, options?: SetOptions): Promise<number | undefined>;
  /** False where there was nothing to delete, or of another version. */
  delete(key: string, options?: { readonly ifVersion?: number }): Promise<boolean>;
  /** All keys that begin with `prefix`, in their order. */
  list(prefix: string): Promise<readonly KeyedValue[]>;
  close(): Promise<void>;
}
