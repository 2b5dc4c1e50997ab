/** What every `SecretStore` promises, as a suite for Vitest, or any runner with `describe` and `test`. */
import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import type { SecretError, SecretErrorCode, SecretStore, StoredSecret } from '@quality-hub/protocol';
import type { ContractFunctions, NotSupported } from '../database/source.ts';

export interface OpenedSecretStore {
  readonly store: SecretStore;
  /** Puts a value there past the store, or through it; each is a version of its own where there are versions. */
  put(path: string, value: StoredSecret['value']): Promise<void>;
  /** Ends the service. */
  readonly stop: (() => Promise<void>) | NotSupported;
  /** Removes what was put. */
  close(): Promise<void>;
}

export interface SecretStoreSource {
  open(): Promise<OpenedSecretStore>;
  /** A path that holds nothing yet, in the form of this store. */
  path(name: string): string;
  /** What a value may be. */
  readonly values: 'texts' | 'keys' | 'both';
  /** How many versions are kept at least, or why there is one only. */
  readonly versions: number | NotSupported;
  /** A version that is well formed and is not there. */
  readonly unknownVersion: string;
  /** A path that leads elsewhere where it is not encoded: it must end in one of these. */
  readonly strangePaths: readonly string[];
  readonly writes: true | NotSupported;
}

type Check = (fact: string, body: (opened: OpenedSecretStore) => Promise<void>) => void;

const NOWHERE: readonly SecretErrorCode[] = ['QH_SECRET_NOT_FOUND', 'QH_SECRET_DENIED', 'QH_SECRET_INVALID'];

/** Registers the suite. Abilities that are not there are named in the list of tests. */
export function secretStoreContract(
  name: string,
  source: SecretStoreSource,
  { describe, test, skip }: ContractFunctions,
): void {
  const check: Check = (fact, body) =>
    test(fact, async () => {
      const opened = await source.open();
      try {
        await body(opened);
      } finally {
        await opened.store.close();
        await opened.close();
      }
    });
  const value = (mark: string): StoredSecret['value'] =>
    source.values === 'keys'
      ? { user: `user of ${mark}`, password: `pässwörd "of" ${mark}\n€😀` }
      : `pässwörd "of" ${mark}\n€😀`;
  const { path } = source;

  describe(`${name} keeps the secret store contract`, () => {
    check('a value is read as it was put there, whatever characters it has', async ({ store, put }) => {
      await put(path('plain'), value('one'));
      assert.deepEqual((await store.read(path('plain'), { signal: none() })).value, value('one'));
      if (source.values !== 'both') return;
      const keys = { user: 'ann', password: value('keys') as string };
      await put(path('keys'), keys);
      assert.deepEqual((await store.read(path('keys'), { signal: none() })).value, keys);
    });

    check('a long value is read whole', async ({ store, put }) => {
      const text = 'ä1'.repeat(6_000);
      const long = source.values === 'keys' ? { key: text } : text;
      await put(path('long'), long);
      assert.deepEqual((await store.read(path('long'), { signal: none() })).value, long);
    });

    check('what is not there is told by its path, and what to do', async ({ store }) => {
      const error = await refused(store.read(path('missing'), { signal: none() }), 'QH_SECRET_NOT_FOUND');
      assert.ok(error.message.includes(path('missing')), error.message);
      assert.ok((error.hint ?? '').length > 0);
      await refused(store.versions(path('missing'), { signal: none() }), 'QH_SECRET_NOT_FOUND');
    });

    check('a version that is not there is told, and no other is given', async ({ store, put }) => {
      await put(path('one'), value('one'));
      await refused(store.read(path('one'), { version: source.unknownVersion, signal: none() }), 'QH_SECRET_VERSION');
      await refused(store.read(path('one'), { version: 'previous', signal: none() }), 'QH_SECRET_VERSION');
    });

    check('a strange path leads nowhere', async ({ store, put }) => {
      await put(path('plain'), value('one'));
      for (const strange of source.strangePaths) await refused(store.read(strange, { signal: none() }), ...NOWHERE);
    });

    check('many who read at once get the same', async ({ store, put }) => {
      for (const mark of ['a', 'b', 'c']) await put(path(mark), value(mark));
      const marks = Array.from({ length: 30 }, (_, index) => ['a', 'b', 'c'][index % 3] as string);
      const read = await Promise.all(marks.map(mark => store.read(path(mark), { signal: none() })));
      assert.deepEqual(
        read.map(each => each.value),
        marks.map(value),
      );
    });

    check('an aborted signal ends a question with its reason', async ({ store, put }) => {
      await put(path('plain'), value('one'));
      const reason = new Error('the test is over');
      const asked = store.read(path('plain'), { signal: AbortSignal.abort(reason) });
      assert.equal(
        await asked.then(
          () => 'answered',
          thrown => thrown,
        ),
        reason,
      );
    });

    check('no error shows a value', async ({ store, put }) => {
      await put(path('plain'), value('topsecret-4711'));
      const error = await refused(store.read(path('plain'), { version: source.unknownVersion, signal: none() }));
      assert.ok(!inspect(error, { depth: 20, showHidden: true }).includes('topsecret-4711'));
    });

    check('it is healthy while it can be reached, and ends twice as well as once', async ({ store, put }) => {
      await put(path('plain'), value('one'));
      assert.equal((await store.health({ signal: none() })).state, 'healthy');
      await store.close();
      await store.close();
    });

    whereSupported(source.versions, skip, 'versions: the newest first, the one before by name, each by its own', fact =>
      check(fact, async ({ store, put }) => {
        for (const mark of ['one', 'two', 'three']) await put(path('changing'), value(mark));
        const versions = await store.versions(path('changing'), { signal: none() });
        assert.equal(versions[0]?.stage, 'current');
        assert.equal(versions.filter(({ stage }) => stage === 'current').length, 1);
        assert.equal(versions.filter(({ stage }) => stage === 'previous').length, 1);
        const read = async (version?: string) =>
          store.read(path('changing'), { signal: none(), ...(version === undefined ? {} : { version }) });
        assert.deepEqual((await read()).value, value('three'));
        assert.deepEqual((await read('previous')).value, value('two'));
        assert.equal((await read()).version, versions[0]?.version);
        const previous = versions.find(({ stage }) => stage === 'previous');
        assert.deepEqual((await read(previous?.version)).value, value('two'));
      }),
    );

    whereSupported(source.writes, skip, 'what was written is read, and the value before is the previous one', fact =>
      check(fact, async ({ store }) => {
        const first = await store.write?.(path('written'), value('first'), { signal: none() });
        assert.equal(first?.stage, 'current');
        assert.deepEqual((await store.read(path('written'), { signal: none() })).value, value('first'));
        const second = await store.write?.(path('written'), value('second'), { signal: none() });
        const read = await store.read(path('written'), { signal: none() });
        assert.deepEqual(read.value, value('second'));
        if (typeof source.versions !== 'number') return;
        assert.equal(read.version, second?.version);
        assert.deepEqual(
          (await store.read(path('written'), { version: 'previous', signal: none() })).value,
          value('first'),
        );
      }),
    );

    test('a service that is gone is told as unreachable', async () => {
      const { store, put, stop, close } = await source.open();
      try {
        await put(path('plain'), value('one'));
        if (typeof stop !== 'function') return;
        await stop();
        const error = await refused(store.read(path('plain'), { signal: none() }), 'QH_SECRET_UNREACHABLE');
        assert.equal(error.transient, true);
        const { state, detail = '' } = await store.health({ signal: none() });
        assert.equal(state, 'down');
        assert.ok(detail.length > 0);
      } finally {
        await store.close();
        await close();
      }
    });
  });
}

function whereSupported(
  ability: unknown,
  skip: ContractFunctions['skip'],
  fact: string,
  register: (fact: string) => void,
): void {
  if (typeof ability !== 'object' || ability === null) register(fact);
  else skip(`${fact} (${(ability as NotSupported).notSupported})`, async () => {});
}

async function refused(work: Promise<unknown>, ...codes: readonly SecretErrorCode[]): Promise<SecretError> {
  const thrown: unknown = await work.then(
    given => assert.fail(`expected an error, got ${typeof given}`),
    error => error,
  );
  const error = thrown as SecretError;
  assert.equal(error.name, 'SecretError', inspect(thrown));
  if (codes.length > 0)
    assert.ok(codes.includes(error.code), `${error.code}, expected ${codes.join(' or ')}: ${error.message}`);
  return error;
}

function none(): AbortSignal {
  return new AbortController().signal;
}
