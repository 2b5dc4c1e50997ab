/**
 * Remembers failures beyond the life of a worker. Playwright ends a worker with each test that fails, and with it the counts of
 * its breakers: where each failing test makes one failing call, no breaker of one process would ever open.
 */
import type { CallFacts } from '@quality-hub/clients';
import type { QueryRecord } from '@quality-hub/clients/db';
import type { KeyValueDriver } from '@quality-hub/protocol';
import type { Policy } from '@quality-hub/resilience';

/** Failures that are this old are no longer in a row with new ones. */
const KEEP_MS = 30_000;
/** More in a row than any breaker waits for. */
const MOST = 100;
const PREFIX = 'failing/';
const READS = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);
const SILENT = new Set(['QH_HTTP_NETWORK', 'QH_TIMEOUT', 'QH_HTTP_TIMEOUT']);

/** How a call or a query has ended, as far as a breaker is concerned. */
export interface Ended {
  /** The client or the database, by its name in reports. */
  readonly dependency: string;
  /** As it is named to the policy. */
  readonly target: string;
  /** Undefined where it says nothing about the other side. */
  readonly went: 'well' | 'wrong' | undefined;
  readonly attempts: number;
}

export class FailureMemory {
  readonly #store: KeyValueDriver;
  /** Targets that have failed as far as this process knows: only they need a look when a call goes well. */
  readonly #failing = new Set<string>();

  constructor(store: KeyValueDriver) {
    this.#store = store;
  }

  /** A call or a query has ended. */
  async take({ dependency, target, went, attempts }: Ended): Promise<void> {
    const key = keyOf(dependency, target);
    if (went === 'wrong') {
      this.#failing.add(key);
      const before = Number((await this.#store.get(key))?.value ?? 0);
      await this.#store.set(key, String(Math.min(MOST, before + attempts)), { ttlMs: KEEP_MS });
    } else if (went === 'well' && this.#failing.delete(key)) await this.#store.delete(key);
  }

  /** The breaker of the dependency has opened or closed: what led to it counts no more. */
  async forget(dependency: string): Promise<void> {
    for (const { key } of await this.#store.list(keyOf(dependency, ''))) {
      this.#failing.delete(key);
      await this.#store.delete(key);
    }
  }

  /** Lets a policy of this new process count what others have seen fail, as if its own calls had. */
  async replay(dependency: string, policy: Policy): Promise<void> {
    for (const { key, value } of await this.#store.list(keyOf(dependency, ''))) {
      this.#failing.add(key);
      const target = decodeURIComponent(key.slice(keyOf(dependency, '').length));
      for (let count = Math.min(MOST, Number(value)); count > 0; count--) {
        await policy.execute(fail, { target, doing: 'a call of an earlier worker' }).catch(() => {});
      }
    }
  }
}

export function endOfCall({ client, origin, method, outcome, status, errorCode = '', attempts }: CallFacts): Ended {
  const target = `${origin} ${READS.has(method) ? 'read' : 'write'}`;
  const failed = outcome === 'failed' || outcome === 'timeout';
  // What a breaker counts: no answer, or one that says that the server itself is in trouble.
  const wrong = failed && (status === undefined ? SILENT.has(errorCode) : status >= 500);
  return { dependency: client, target, went: wrong ? 'wrong' : outcome === 'ok' ? 'well' : undefined, attempts };
}

/** A statement inside of a transaction has no target of its own: the transaction is what the policy sees. */
export function endOfQuery({ database, server, outcome, blame, refusedBy, attempts }: QueryRecord): Ended {
  const wrong = outcome === 'failed' && refusedBy === undefined && (blame === 'dependency' || blame === 'network');
  return {
    dependency: database,
    target: server,
    went: wrong ? 'wrong' : outcome === 'ok' ? 'well' : undefined,
    attempts,
  };
}

/** Cut off after it was sent: nobody tries that again by itself. */
function fail(): Promise<never> {
  return Promise.reject(Object.assign(new Error('It failed in an earlier worker'), { code: 'ECONNRESET' }));
}

function keyOf(dependency: string, target: string): string {
  return `${PREFIX}${encodeURIComponent(dependency)}/${encodeURIComponent(target)}`;
}
