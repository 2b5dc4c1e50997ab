import { SecretError, type SecretErrorCode, type SecretStore, type StoredSecret } from '@quality-hub/protocol';
import { expect, test } from 'vitest';
import { secretStoreContract } from './secret-store-contract.ts';

interface Flaws {
  readonly onlyCurrent?: boolean;
  readonly oldestFirst?: boolean;
  readonly losesSigns?: boolean;
  readonly cutsLong?: boolean;
  readonly nothingIsMissing?: boolean;
  readonly showsValues?: boolean;
  readonly ignoresSignal?: boolean;
  readonly neverDown?: boolean;
  readonly resolvesPaths?: boolean;
  readonly writesNothing?: boolean;
  readonly closesOnce?: boolean;
  readonly mixesReaders?: boolean;
}

const fail = (code: SecretErrorCode, message: string): never => {
  throw new SecretError(code, message, 'look at the store');
};

/** The simplest store that keeps the contract, and ways to break it. */
function memoryStore(flaws: Flaws) {
  const held = new Map<string, StoredSecret['value'][]>();
  let isStopped = false;
  let closed = 0;
  let lastPath = '';
  const versionsOf = (path: string, signal: AbortSignal): StoredSecret['value'][] => {
    if (!flaws.ignoresSignal) signal.throwIfAborted();
    if (isStopped && !flaws.neverDown) fail('QH_SECRET_UNREACHABLE', 'the store does not answer');
    lastPath = path;
    const found = held.get(flaws.resolvesPaths ? path.replace('elsewhere/../', '') : path);
    return found ?? (flaws.nothingIsMissing ? ['none'] : fail('QH_SECRET_NOT_FOUND', `there is no ${path}`));
  };
  const changed = (value: StoredSecret['value']): StoredSecret['value'] => {
    if (typeof value !== 'string') return value;
    if (flaws.cutsLong) return value.slice(0, 10_000);
    return flaws.losesSigns ? value.replace('€', '?') : value;
  };
  const store: SecretStore = {
    kind: 'memory',
    async read(path, { version, signal }) {
      const values = versionsOf(path, signal);
      if (flaws.mixesReaders) await Promise.resolve();
      const from = flaws.mixesReaders ? (held.get(lastPath) ?? values) : values;
      const number = version === 'previous' ? from.length - 1 : Number(version ?? from.length);
      const value = flaws.onlyCurrent ? from.at(-1) : from[number - 1];
      const shown = flaws.showsValues ? String(from.at(-1)) : '';
      if (value === undefined) return fail('QH_SECRET_VERSION', `there is no version ${version} of ${path} ${shown}`);
      return { value: changed(value), version: String(number) };
    },
    async versions(path, { signal }) {
      const values = versionsOf(path, signal);
      const stageOf = (number: number) =>
        number === values.length ? 'current' : number === values.length - 1 ? 'previous' : 'older';
      const all = values.map((_, index) => ({ version: String(index + 1), stage: stageOf(index + 1) }) as const);
      return flaws.oldestFirst ? all : all.toReversed();
    },
    async write(path, value) {
      if (!flaws.writesNothing) held.set(path, [...(held.get(path) ?? []), value]);
      return { version: String(held.get(path)?.length ?? 1), stage: 'current' };
    },
    health: async () => (isStopped && !flaws.neverDown ? { state: 'down', detail: 'stopped' } : { state: 'healthy' }),
    async close() {
      if (flaws.closesOnce && ++closed > 1) throw new Error('closed twice');
    },
  };
  const put = async (path: string, value: StoredSecret['value']): Promise<void> => {
    held.set(path, [...(held.get(path) ?? []), value]);
  };
  const stop = async (): Promise<void> => {
    isStopped = true;
  };
  return { store, put, stop, close: async () => {} };
}

/** Runs the suite, and hands back the facts that do not hold, and those that were left out. */
async function factsOf(flaws: Flaws, can: { versions?: boolean; writes?: boolean; values?: 'texts' | 'keys' } = {}) {
  const facts: [string, () => Promise<void>][] = [];
  const skipped: string[] = [];
  const { versions = true, writes = true, values = 'both' } = can;
  secretStoreContract(
    'x',
    {
      open: async () => memoryStore(flaws),
      path: name => name,
      values,
      versions: versions ? 3 : { notSupported: 'one only' },
      unknownVersion: '7',
      strangePaths: ['elsewhere/../plain', 'plain/'],
      writes: writes || { notSupported: 'read only' },
    },
    {
      describe: (_: string, body: () => void) => body(),
      test: (fact: string, body: () => Promise<void>) => void facts.push([fact, body]),
      skip: (fact: string) => void skipped.push(fact),
    },
  );
  const broken: string[] = [];
  for (const [fact, body] of facts) await body().catch(() => broken.push(fact));
  return { broken, skipped };
}

test('a store that keeps every promise has no broken fact, also where its values are of one kind', async () => {
  expect(await factsOf({})).toEqual({ broken: [], skipped: [] });
  expect((await factsOf({}, { values: 'texts' })).broken).toEqual([]);
  expect((await factsOf({}, { values: 'keys' })).broken).toEqual([]);
});

test('what a store cannot do is named', async () => {
  expect((await factsOf({}, { versions: false, writes: false })).skipped).toEqual([
    expect.stringMatching(/^versions: .* \(one only\)$/),
    expect.stringMatching(/^what was written is read.* \(read only\)$/),
  ]);
});

test.for([
  ['onlyCurrent', 'a version that is not there is told, and no other is given'],
  ['oldestFirst', 'versions: the newest first, the one before by name, each by its own'],
  ['losesSigns', 'a value is read as it was put there, whatever characters it has'],
  ['cutsLong', 'a long value is read whole'],
  ['nothingIsMissing', 'what is not there is told by its path, and what to do'],
  ['showsValues', 'no error shows a value'],
  ['ignoresSignal', 'an aborted signal ends a question with its reason'],
  ['neverDown', 'a service that is gone is told as unreachable'],
  ['resolvesPaths', 'a strange path leads nowhere'],
  ['writesNothing', 'what was written is read, and the value before is the previous one'],
  ['closesOnce', 'it is healthy while it can be reached, and ends twice as well as once'],
  ['mixesReaders', 'many who read at once get the same'],
] as const)('a store with the flaw %s breaks the fact: %s', async ([flaw, fact]) => {
  expect((await factsOf({ [flaw]: true })).broken).toContain(fact);
});
