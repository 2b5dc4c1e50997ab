/** Claims on natural keys: two tests that want one e-mail address hear of each other before the system under test does. */
import { randomBytes } from 'node:crypto';
import { type ConflictEvidence, digest, type KeyValueDriver } from '@quality-hub/protocol';
import type { Ledger } from '../ledger/ledger.ts';
import { type OwnerName, ownerKey } from '../ledger/owners.ts';
import { ClaimedError, ownerWords } from './claimed-error.ts';

const CLAIMS = 'claim/key/';
const CONFLICTS = 'claim/conflict/';
/** Longest part of a key that is the value itself; a longer one is there by its digest. */
const VALUE_LIMIT = 200;
/** Whoever is told of a conflict reads it at the end of the test; nobody reads it later than this. */
const CONFLICT_MS = 86_400_000;

/** One attempt of a test. */
export interface ClaimOwner extends OwnerName {
  /** Identity key of the test. */
  readonly test: string;
  /** Title of the test, for people. */
  readonly label?: string;
  /** Sets the attempt apart from the others of its test. */
  readonly namespace: string;
}

export interface ClaimOptions {
  /** `Ada@x` and `ada@x` are one value. @default false */
  readonly ignoreCase?: boolean;
}

export interface ClaimsOptions {
  /** Opened with the first claim. */
  readonly store: () => Promise<KeyValueDriver>;
  /** Knows who lives: the claims of the dead are free. */
  readonly ledger: () => Promise<Pick<Ledger, 'enter' | 'living'>>;
  readonly owner: ClaimOwner;
  /** Hears of conflicts: those of this attempt at once, those of others with it when it ends. */
  readonly observe?: (evidence: ConflictEvidence) => void;
}

/** The claims of one attempt. */
export interface Claims {
  /**
   * Nobody else has `value` of `kind` until the attempt ends: no test of any worker, machine or run of this store.
   * Claimed again by the same attempt it is the same claim.
   *
   * @throws {ClaimedError} (`QH_DATA_CLAIMED`) where another attempt that lives has it.
   */
  claim(kind: string, value: string, options?: ClaimOptions): Promise<void>;
  /** Gives all of them back, and tells of those who wanted them meanwhile. */
  release(): Promise<void>;
}

interface ConflictNote {
  readonly resource: string;
  readonly by: ClaimOwner;
}

export function createClaims({
  store: openStore,
  ledger: openLedger,
  owner,
  observe = () => {},
}: ClaimsOptions): Claims {
  const text = JSON.stringify(owner);
  const held = new Map<string, number>();
  const ownConflicts = `${CONFLICTS}${ownerKey(owner)}/${encodeURIComponent(owner.namespace)}/`;

  /** Undefined where it is claimed now, else who has it. */
  const take = async (key: string): Promise<ClaimOwner | undefined> => {
    const [store, ledger] = [await openStore(), await openLedger()];
    for (;;) {
      const found = await store.get(key);
      const holder = found && readHolder(found.value);
      if (holder && (await ledger.living()).has(holder)) return holder;
      const version = await store.set(key, text, { ifVersion: found?.version ?? 0 });
      if (version !== undefined) {
        held.set(key, version);
        return undefined;
      }
    }
  };

  return {
    async claim(kind, value, { ignoreCase = false } = {}) {
      const key = claimKey(kind, ignoreCase ? value.toLowerCase() : value);
      if (held.has(key)) return;
      await (await openLedger()).enter(owner);
      const holder = await take(key);
      if (holder === undefined || (holder.namespace === owner.namespace && holder.worker === owner.worker)) return;
      const resource = `${kind} ${JSON.stringify(value)}`;
      const note: ConflictNote = { resource, by: owner };
      const conflicts = `${CONFLICTS}${ownerKey(holder)}/${encodeURIComponent(holder.namespace)}/`;
      const store = await openStore();
      await store.set(conflicts + randomBytes(8).toString('hex'), JSON.stringify(note), { ttlMs: CONFLICT_MS });
      observe(conflict(resource, holder, 'had claimed it'));
      throw new ClaimedError(resource, holder, owner);
    },
    async release() {
      if (held.size === 0) return;
      const store = await openStore();
      for (const [key, version] of held) await store.delete(key, { ifVersion: version });
      held.clear();
      for (const { key, value } of await store.list(ownConflicts)) {
        const { resource, by } = JSON.parse(value) as ConflictNote;
        observe(conflict(resource, by, 'wanted it meanwhile'));
        await store.delete(key);
      }
    },
  };
}

function conflict(resource: string, other: ClaimOwner, what: string): ConflictEvidence {
  return { kind: 'conflict', resource, detail: `${ownerWords(other)} ${what}`, other: other.test };
}

function claimKey(kind: string, value: string): string {
  const [first, second] = [kind, value].map(part => encodeURIComponent(part.toWellFormed()));
  const end = second !== undefined && second.length <= VALUE_LIMIT ? `is-${second}` : `like-${digest(value, 32)}`;
  return `${CLAIMS}${first?.slice(0, VALUE_LIMIT)}/${end}`;
}

/** What cannot be read belongs to nobody. */
function readHolder(text: string): ClaimOwner | undefined {
  try {
    const holder = JSON.parse(text) as Partial<ClaimOwner>;
    return typeof holder.run === 'string' && typeof holder.worker === 'string' ? (holder as ClaimOwner) : undefined;
  } catch {
    return undefined;
  }
}
