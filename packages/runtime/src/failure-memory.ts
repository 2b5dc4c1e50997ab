/**
 * Remembers failures beyond the life of a worker. Playwright ends a worker with each test that fails, and with it the counts of
 * its breakers: where each failing test makes one failing call, no breaker of one process would ever open.
 */
import type { CallFacts } from '@quality-hub/clients';
import type { KeyValueDriver } from '@quality-hub/protocol';
import type { Policy } from '@quality-hub/resilience';

/** Failures that are this old are no longer in a row with new ones. */
const KEEP_MS = 30_000;
/** More in a row than any breaker waits for. */
const MOST = 100;
const PREFIX = 'failing/';
const READS = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);
const SILENT = new Set(['QH_HTTP_NETWORK', 'QH_TIMEOUT', 'QH_HTTP_TIMEOUT']);

export class FailureMemory {
  readonly #store: KeyValueDriver;
  /** Targets that have failed as far as this process knows: only they need a look when a call goes well. */
  readonly #failing = new Set<string>();

  constructor(store: KeyValueDriver) {
    this.#store = store;
  }

  /** A call has ended. */
  async take(facts: CallFacts): Promise<void> {
    const key = keyOf(facts.client, targetOf(facts));
    if (isFailure(facts)) {
      this.#failing.add(key);
      const before = Number((await this.#store.get(key))?.value ?? 0);
      await this.#store.set(key, String(Math.min(MOST, before + facts.attempts)), { ttlMs: KEEP_MS });
    } else if (facts.outcome === 'ok' && this.#failing.delete(key)) await this.#store.delete(key);
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

/** Cut off after it was sent: nobody tries that again by itself. */
function fail(): Promise<never> {
  return Promise.reject(Object.assign(new Error('It failed in an earlier worker'), { code: 'ECONNRESET' }));
}

/** What a breaker counts: no answer, or one that says that the server itself is in trouble. */
function isFailure({ outcome, status, errorCode = '' }: CallFacts): boolean {
  if (outcome !== 'failed' && outcome !== 'timeout') return false;
  return status === undefined ? SILENT.has(errorCode) : status >= 500;
}

/** As the client names it to its policy. */
function targetOf({ origin, method }: CallFacts): string {
  return `${origin} ${READS.has(method) ? 'read' : 'write'}`;
}

function keyOf(dependency: string, target: string): string {
  return `${PREFIX}${encodeURIComponent(dependency)}/${encodeURIComponent(target)}`;
}
