/** Records that several tests of a worker read and none may change: made once, watched, and made anew after a change. */
import { type ConflictEvidence, digest, QualityHubError } from '@quality-hub/protocol';

export interface SharedOptions<T> {
  /**
   * Reads the record where it really is and gives what must not change: the record, or its version. Without it only the
   * value that tests are handed is protected, which is frozen. It is asked once more behind the test, where `request` and `page`
   * are gone: read with `api`, `clients` or `db`. What it cannot read then is not called changed.
   */
  readonly checksum?: (value: T) => Promise<unknown>;
  /** What a test that changed it hears: `fail` ends it with an error, `report` adds evidence only. @default 'fail' */
  readonly onChange?: 'fail' | 'report';
}

/** A test has changed a record that it shares with others (`QH_DATA_SHARED_CHANGED`). */
export class SharedChangedError extends QualityHubError {
  constructor(names: readonly string[], label: string) {
    super(`${JSON.stringify(label)} has changed ${names.join(' and ')}, which other tests read as well`, {
      code: 'QH_DATA_SHARED_CHANGED',
      hint: 'Let a test that changes a record create one of its own',
    });
  }
}

export interface SharedUser {
  /** Title of the test. */
  readonly label: string;
  readonly observe?: (evidence: ConflictEvidence) => void;
}

/** What one test uses of them. */
export interface SharedOfTest {
  /** The value is frozen, with all plain objects and lists in it. */
  use<T>(name: string, make: () => Promise<T>, options?: SharedOptions<T>): Promise<T>;
  /** Compares what the test has used with what it was. @throws {SharedChangedError} (`QH_DATA_SHARED_CHANGED`) */
  end(): Promise<void>;
}

interface Shared {
  readonly value: unknown;
  readonly read: (() => Promise<string>) | undefined;
  readonly onChange: 'fail' | 'report';
  sum: string | undefined;
  lastUser: string;
}

/** The shared records of one worker, which runs one test at a time. */
export class SharedRecords {
  readonly #records = new Map<string, Promise<Shared>>();

  forTest(user: SharedUser): SharedOfTest {
    const used = new Map<string, Shared>();
    return {
      use: async <T>(name: string, make: () => Promise<T>, options: SharedOptions<T> = {}) => {
        const shared = used.get(name) ?? (await this.#take(name, () => makeShared(make, options, user), user));
        used.set(name, shared);
        shared.lastUser = user.label;
        return shared.value as T;
      },
      end: async () => {
        const guilty: string[] = [];
        for (const [name, shared] of used) {
          if (!(await isChanged(shared))) continue;
          // The next test gets a new one.
          this.#records.delete(name);
          user.observe?.({ kind: 'conflict', resource: name, detail: `${JSON.stringify(user.label)} has changed it` });
          if (shared.onChange === 'fail') guilty.push(name);
        }
        used.clear();
        if (guilty.length > 0) throw new SharedChangedError(guilty, user.label);
      },
    };
  }

  async #take(name: string, make: () => Promise<Shared>, user: SharedUser): Promise<Shared> {
    const known = await this.#records.get(name);
    if (known !== undefined) {
      if (!(await isChanged(known))) return known;
      const detail = `changed after ${JSON.stringify(known.lastUser)} had ended, by something else than a test of this worker`;
      user.observe?.({ kind: 'conflict', resource: name, detail });
    }
    const making = make();
    this.#records.set(name, making);
    making.catch(() => {
      if (this.#records.get(name) === making) this.#records.delete(name);
    });
    return making;
  }
}

async function makeShared<T>(
  make: () => Promise<T>,
  { checksum, onChange = 'fail' }: SharedOptions<T>,
  { label }: SharedUser,
): Promise<Shared> {
  const value = freezePlain(await make());
  const read = checksum && (async () => digest(textOf(await checksum(value)), 32));
  return { value, read, onChange, sum: await read?.(), lastUser: label };
}

/** What cannot be read now is not called changed: whoever wanted to read it will say so. */
async function isChanged({ read, sum }: Shared): Promise<boolean> {
  const now = await read?.().catch(() => undefined);
  return now !== undefined && now !== sum;
}

/** JSON with the names of objects in order: services and databases give them in any. */
function textOf(value: unknown): string {
  const sorted = (_: string, part: unknown): unknown => {
    if (typeof part === 'bigint') return `${part}n`;
    if (!isPlain(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  };
  return JSON.stringify(value, sorted) ?? 'undefined';
}

/** Clients, dates and other things with a life of their own stay as they are. */
function freezePlain<T>(value: T): T {
  if (!(Array.isArray(value) || isPlain(value)) || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const part of Object.values(value as object)) freezePlain(part);
  return value;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
