/** The cleanup registry: what was created outside of this process, written down before it is created. */
import type { Durability } from '@quality-hub/protocol';
import type { LivingOwners, OwnerName } from './owners.ts';
import type { Target } from './target.ts';

/** What may be kept as JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Who creates: its lease says whether it still lives. */
export interface LedgerOwner {
  readonly run: string;
  /** The process; unique in the run. */
  readonly worker: string;
  /** Identity key of the test; undefined for what a worker shares. */
  readonly test?: string;
  /** Title of the test, for people. */
  readonly label?: string;
  /** The word in the names of what it creates. */
  readonly namespace: string;
}

/** That something is about to be created. */
export interface LedgerIntent {
  /** Name of the factory that knows how to remove it. */
  readonly kind: string;
  /** Version of the factory. */
  readonly version: number;
  readonly owner: LedgerOwner;
  /** What it will be created from, without secrets: enough to find it where the answer of the call was lost. */
  readonly input: Json;
  /** Entries that have to be removed after this one: what it belongs to. */
  readonly needs: readonly string[];
}

export interface LedgerEntry extends LedgerIntent {
  readonly id: string;
  /** `intended`: it may exist; `made`: it exists, `record` says which. */
  /** Where it was created. */
  readonly target?: Target;
  readonly state: 'intended' | 'made';
  /** What names it to its service: an id, a number; without secrets. */
  readonly record?: Json;
  /** Milliseconds since 1970. */
  readonly intendedAt: number;
  /** How often its removal has failed, and how at last. */
  readonly failures: number;
  readonly lastError?: string;
}

export interface LedgerFilter {
  readonly run?: string;
  readonly worker?: string;
  readonly kind?: string;
  readonly test?: string;
  /** Only what was intended so many milliseconds ago or earlier. */
  readonly olderThanMs?: number;
}

/**
 * A durable list. What a call has promised is on disk, or with the store, when it resolves. Every call throws
 * {@link LedgerError} (`QH_DATA_LEDGER`) where the store does not take what it says.
 */
export interface Ledger {
  readonly durability: Durability;
  /** Says that `owner` lives, until `close`; its first intent does so too. */
  enter(owner: OwnerName): Promise<void>;
  /** Nothing may be created before this resolves. */
  intend(intent: LedgerIntent): Promise<LedgerEntry>;
  made(id: string, record: Json): Promise<void>;
  /** It is removed, or was never created. */
  gone(id: string): Promise<void>;
  failed(id: string, error: string): Promise<void>;
  /** What is not gone. What this process itself has begun is known to it without the store: ask by `run` and `worker`. */
  entries(filter?: LedgerFilter): AsyncIterable<LedgerEntry>;
  /** Who lives now: what the others have left are orphans. */
  living(): Promise<LivingOwners>;
  /** Nothing of `owner` is left. */
  forget(owner: OwnerName): Promise<void>;
  /** What is left of this process's entries is left to others from now on. The store stays open. */
  close(): Promise<void>;
}

/** What the ledger asks of a factory: how to find, remove and verify what it has created. */
export interface RecordKind<Context> {
  readonly name: string;
  readonly version: number;
  /** The record of an intent whose answer was lost; undefined where it was not created. */
  find?(input: Json, context: Context, signal: AbortSignal): Promise<Json | undefined>;
  /** What is gone already is no error, nor is one with `status` 404 or 410. `signal` aborts when the time for it is over. */
  remove(record: Json, context: Context, signal: AbortSignal): Promise<void>;
  /** Whether it is still there after `remove`. */
  exists?(record: Json, context: Context, signal: AbortSignal): Promise<boolean>;
}
