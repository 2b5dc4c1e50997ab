/** The environments of one worker: made with the first use, reset between tests, removed at its end or by the next sweep. */
import { randomBytes } from 'node:crypto';
import { type CleanupEvidence, closestName, errorSentence, QualityHubError } from '@quality-hub/protocol';
import { type DataClock, dataClock } from '../clock.ts';
import type { Json, Ledger, LedgerEntry, LedgerOwner } from '../ledger/ledger.ts';
import { removeAll } from '../sweep/remove-all.ts';
import { type EnvironmentDefinition, environmentKind, environmentKindName } from './environment.ts';

/** A tenant with its first records may take a while; a call that hangs must end. */
const CALL_MS = 120_000;

/** An environment could not be had (`QH_DATA_ENVIRONMENT`). */
export class EnvironmentError extends QualityHubError {
  constructor(message: string, hint: string, cause?: unknown) {
    super(message, { code: 'QH_DATA_ENVIRONMENT', hint, ...(cause === undefined ? {} : { cause }) });
  }
}

export interface WorkerEnvironmentsOptions<Context> {
  readonly definitions: Readonly<Record<string, EnvironmentDefinition<Json, Context>>>;
  readonly context: Context;
  readonly ledger: Ledger;
  readonly owner: LedgerOwner;
  readonly observe?: (evidence: CleanupEvidence) => void;
  /** Longest time of one call of a definition, in milliseconds. @default 120000 */
  readonly callMs?: number;
  /** @default dataClock */
  readonly clock?: DataClock;
  /** Four bytes in hex for each name. */
  readonly randomWord?: () => string;
}

interface Made {
  readonly handle: Json;
  readonly entry: LedgerEntry;
}

export class WorkerEnvironments<Context> {
  readonly #options: WorkerEnvironmentsOptions<Context>;
  readonly #made = new Map<string, Promise<Made>>();
  readonly #used = new Set<string>();

  constructor(options: WorkerEnvironmentsOptions<Context>) {
    this.#options = options;
  }

  /**
   * The environment of this worker, for the test that runs.
   *
   * @throws {EnvironmentError} where there is none of this name, or where it cannot be made (`QH_DATA_ENVIRONMENT`).
   */
  async use(name: string): Promise<Json> {
    let making = this.#made.get(name);
    if (!making) {
      making = this.#make(name, this.#definition(name));
      this.#made.set(name, making);
      // Who asks next tries again.
      making.catch(() => this.#made.delete(name));
    }
    const { handle } = await making;
    this.#used.add(name);
    return handle;
  }

  /** After a test: resets what it has used. One that cannot be reset is removed, and the next test gets another. Never fails. */
  async afterTest(): Promise<readonly string[]> {
    const used = [...this.#used];
    this.#used.clear();
    return (await Promise.all(used.map(name => this.#reset(name)))).flat();
  }

  /** Removes all of them. What cannot be removed stays in the ledger. */
  async close(): Promise<void> {
    const made = await Promise.allSettled(this.#made.values());
    this.#made.clear();
    await this.#remove(made.flatMap(one => (one.status === 'fulfilled' ? [one.value.entry] : [])));
  }

  #definition(name: string): EnvironmentDefinition<Json, Context> {
    const { definitions } = this.#options;
    const found = Object.hasOwn(definitions, name) ? definitions[name] : undefined;
    if (found) return found;
    const meant = closestName(name, Object.keys(definitions));
    throw new EnvironmentError(
      `There is no environment "${name}"${meant ? `: did you mean "${meant}"?` : ''}`,
      'Name it in data.environments of the configuration',
    );
  }

  async #make(name: string, definition: EnvironmentDefinition<Json, Context>): Promise<Made> {
    const { ledger, owner } = this.#options;
    const word = nameOf(owner.namespace, this.#options.randomWord?.() ?? randomBytes(4).toString('hex'));
    const entry = await ledger.intend({
      kind: environmentKindName(name),
      version: definition.version ?? 1,
      owner,
      input: { name: word },
      needs: [],
    });
    let made: LedgerEntry = entry;
    try {
      const handle = await this.#call(name, 'create', call => definition.create(word, call));
      made = { ...entry, state: 'made', record: { name: word, handle } };
      await ledger.made(entry.id, made.record ?? null);
      if (definition.migrate) await this.#call(name, 'migrate', async call => definition.migrate?.(handle, call));
      return { handle, entry: made };
    } catch (error) {
      await this.#remove([made]);
      throw error;
    }
  }

  async #reset(name: string): Promise<readonly string[]> {
    const definition = this.#definition(name);
    const made = await this.#made.get(name)?.catch(() => undefined);
    if (!made || !definition.reset) return [];
    try {
      await this.#call(name, 'reset', async call => definition.reset?.(made.handle, call));
      return [];
    } catch (error) {
      this.#made.delete(name);
      await this.#remove([made.entry]);
      return [`${errorSentence(error)}; the next test gets another`];
    }
  }

  async #remove(entries: readonly LedgerEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const { definitions, ledger, context, observe, clock } = this.#options;
    const kinds = Object.entries(definitions).map(([name, definition]) => environmentKind(name, definition));
    await removeAll(entries, {
      ledger,
      kinds: new Map(kinds.map(kind => [kind.name, kind])),
      context,
      ...(observe ? { observe } : {}),
      ...(clock ? { clock } : {}),
    });
  }

  /** A call that ignores its signal goes on unwatched. */
  async #call<T>(
    name: string,
    what: 'create' | 'migrate' | 'reset',
    work: (call: { readonly context: Context; readonly signal: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    const { context, callMs = CALL_MS, clock = dataClock } = this.#options;
    const call = new AbortController();
    const over = new AbortController();
    const late = clock.sleep(callMs, { signal: over.signal }).then(
      () => {
        const error = new Error(`no answer within ${callMs / 1000} s`);
        call.abort(error);
        throw error;
      },
      () => new Promise<never>(() => {}),
    );
    try {
      return await Promise.race([work({ context, signal: call.signal }), late]);
    } catch (error) {
      throw new EnvironmentError(
        `The environment "${name}" failed to ${what}: ${errorSentence(error)}`,
        'What was begun is removed; the next test that asks for it tries again',
        error,
      );
    } finally {
      over.abort();
    }
  }
}

/** Fit for names of hosts, databases and folders. */
function nameOf(namespace: string, word: string): string {
  const clean = namespace
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '');
  return `${clean.slice(0, 31)}-${word}`;
}
