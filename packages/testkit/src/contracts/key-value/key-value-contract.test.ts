import { type KeyValueDriver, OptionError, QualityHubError } from '@quality-hub/protocol';
import { expect, test } from 'vitest';
import { keyValueContract } from './key-value-contract.ts';

/** Runs the suite over `open` and hands back the facts that do not hold. */
async function brokenFacts(open: (now: () => number) => KeyValueDriver): Promise<string[]> {
  const facts: [string, () => Promise<void>][] = [];
  const suite = {
    describe: (_: string, body: () => void) => body(),
    test: (fact: string, body: () => Promise<void>) => void facts.push([fact, body]),
  };
  keyValueContract('x', { open: async (now = Date.now) => open(now) }, suite);
  const broken: string[] = [];
  for (const [fact, body] of facts) await body().catch(() => broken.push(fact));
  return broken;
}

interface Flaws {
  readonly versionsPerKey?: boolean;
  readonly ignoresVersion?: boolean;
  readonly neverExpires?: boolean;
  readonly unsorted?: boolean;
  readonly unchecked?: boolean;
  readonly losesWrites?: boolean;
}

/** The simplest store that keeps the contract, and ways to break it. */
function store(now: () => number, flaws: Flaws = {}): KeyValueDriver {
  const entries = new Map<string, { value: string; version: number; endsAt: number }>();
  let last = 0;
  let isClosed = false;
  const alive = (key: string) => {
    const entry = entries.get(key);
    return entry && (flaws.neverExpires || entry.endsAt > now()) ? entry : undefined;
  };
  const check = (key: string, value = '', { ttlMs = 1, ifVersion = 0 } = {}) => {
    if (isClosed) throw new QualityHubError('closed', { code: 'QH_STATE_CLOSED' });
    const isText = key.length < 513 && !/[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/u.test(key);
    const isNumber = ttlMs > 0 && Number.isFinite(ttlMs) && Number.isInteger(ifVersion) && ifVersion >= 0;
    if (flaws.unchecked || (isText && isNumber && value.isWellFormed() && value.length <= 1_048_576)) return;
    throw new OptionError('state', ['wrong']);
  };
  const key1 = (key: string) => (key === '' ? '\0' : key);
  return {
    shared: false,
    durability: 'none',
    async get(key) {
      check(key1(key));
      const entry = alive(key);
      return entry && { value: entry.value, version: entry.version };
    },
    async set(key, value, options = {}) {
      check(key1(key), value, options);
      if (flaws.losesWrites) await Promise.resolve();
      const found = alive(key)?.version ?? 0;
      if (!flaws.ignoresVersion && options.ifVersion !== undefined && options.ifVersion !== found) return undefined;
      if (flaws.losesWrites) await Promise.resolve();
      const version = flaws.versionsPerKey ? found + 1 : ++last;
      entries.set(key, { value, version, endsAt: now() + (options.ttlMs ?? Number.POSITIVE_INFINITY) });
      return version;
    },
    async delete(key, options = {}) {
      check(key1(key), '', options);
      const found = alive(key);
      if (!found || (options.ifVersion ?? found.version) !== found.version) return false;
      return entries.delete(key);
    },
    async list(prefix) {
      check(prefix);
      const keys = [...entries.keys()].filter(key => key.startsWith(prefix) && alive(key));
      if (!flaws.unsorted) keys.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      return keys.map(key => ({ key, value: alive(key)?.value ?? '', version: alive(key)?.version ?? 0 }));
    },
    async close() {
      isClosed = true;
    },
  };
}

test('a store that keeps every promise has no broken fact', async () => {
  expect(await brokenFacts(now => store(now))).toEqual([]);
});

test.for([
  ['versionsPerKey', 'a version grows with every write, also across a deletion'],
  ['ignoresVersion', 'ifVersion 0 means: only where there is none'],
  ['neverExpires', 'a value that is past its lifetime is not there, for any call'],
  ['unsorted', 'a list holds the keys with that very beginning, by their code points'],
  ['unchecked', 'wrong keys, values, lifetimes and versions are refused'],
  ['losesWrites', 'writes at the same time are counted one by one'],
] as const)('a store with the flaw %s breaks the fact: %s', async ([flaw, fact]) => {
  expect(await brokenFacts(now => store(now, { [flaw]: true }))).toContain(fact);
});
