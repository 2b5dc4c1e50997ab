import { expect, test } from 'vitest';
import { Generator, hash32 } from './generator.ts';
import { loadFaker } from './load-faker.ts';
import { Origin } from './origin.ts';
import { runSeed, seedOfTest } from './seed.ts';

test('the generator is sfc32 of PractRand', () => {
  // Made with the reference in C: a = 1, b = 2, c = 3, counter = 1, twelve rounds before the first word.
  const generator = new Generator();
  generator.begin(1, 2, 3);
  const first = [generator.next(), generator.next()];
  expect(first).toEqual(referenceOf(1, 2, 3, 2));
  generator.begin(1, 2, 3);
  const state = generator.state;
  const again = [generator.next(), generator.next()];
  expect(again).toEqual(first);
  generator.resume(state);
  expect(generator.next()).toBe(first[0]);
  generator.seed(7);
  const seven = generator.next();
  generator.seed([7, 8]);
  expect(generator.next()).not.toBe(seven);
});

/** The same in BigInt, from the text of the reference. */
function referenceOf(a: number, b: number, c: number, count: number): number[] {
  const M = 0xffffffffn;
  let [x, y, z, n] = [BigInt(a), BigInt(b), BigInt(c), 1n];
  const word = (): bigint => {
    const out = (x + y + n) & M;
    n = (n + 1n) & M;
    x = y ^ (y >> 9n);
    y = (z + ((z << 3n) & M)) & M;
    z = ((((z << 21n) & M) | (z >> 11n)) + out) & M;
    return out;
  };
  for (let round = 0; round < 12; round++) word();
  return Array.from({ length: count }, () => {
    const [high, low] = [word() >> 5n, word() >> 6n];
    return Number(high * 0x4000000n + low) / 2 ** 53;
  });
}

test('numbers are even over their range', () => {
  const generator = new Generator();
  const counts = new Array<number>(16).fill(0);
  for (let seed = 0; seed < 16_000; seed++) {
    generator.begin(seed, 0, 0);
    const index = Math.floor(generator.next() * 16);
    counts[index] = (counts[index] ?? 0) + 1;
  }
  // Chi-squared with 15 degrees of freedom: above 37.7 once in a thousand.
  expect(counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)).toBeLessThan(37.7);
});

test('places in a graph have labels and numbers unlike all others', () => {
  const origins: Origin[] = [];
  for (let call = 1; call <= 12; call++) {
    const top = Origin.top(hash32('order'), call, call);
    origins.push(top);
    for (let position = 0; position < 30; position++) {
      for (let index = 0; index < 12; index++) {
        const child = top.child(position, hash32(`relation ${position}`), index);
        origins.push(child);
        if (index < 2 && position % 13 === 0) origins.push(child.child(0, hash32('x')), child.child(1, hash32('x'), 1));
      }
    }
  }
  expect(new Set(origins.map(({ label }) => label)).size).toBe(origins.length);
  // 32 bits: of some 4,500 two are the same once in 400 runs of other numbers, and these never change.
  expect(new Set(origins.map(({ hash }) => hash)).size).toBe(origins.length);
  expect(origins[0]?.child(1, 1, 2).label).toBe('1b2');
});

test('a run without a seed has one of its name and day, which brings it back', () => {
  const now = Date.UTC(2026, 10, 22, 23, 59);
  const made = runSeed({ runId: 'run 1', now });
  expect(made.text).toMatch(/^20261122-[0-9a-f]{8}$/);
  expect(made.day).toEqual(new Date('2026-11-22T00:00:00Z'));
  expect(runSeed({ given: '', runId: 'run 1', now })).toEqual(made);
  expect(runSeed({ given: made.text, runId: 'other', now: 0 })).toEqual(made);
  expect(runSeed({ runId: 'run 2', now }).text).not.toBe(made.text);
  expect(runSeed({ given: 'plain', runId: 'x', now }).day).toEqual(new Date('2026-01-01T00:00:00Z'));
  expect(runSeed({ given: '20260231-x', runId: 'x', now }).day).toEqual(new Date('2026-01-01T00:00:00Z'));
  expect(seedOfTest('20261122-abc', 't')).toEqual(seedOfTest('20261123-abc', 't'));
  expect(seedOfTest('20261122-abc', 't')).not.toEqual(seedOfTest('20261122-abc', 'u'));
  for (const given of ['a b', 'ä', 'x'.repeat(65)])
    expect(() => runSeed({ given, runId: 'x', now })).toThrow(expect.objectContaining({ code: 'QH_OPTION' }));
});

test('faker speaks the language that is asked for, and a wrong one is told', async () => {
  const make = await loadFaker('de');
  const generator = new Generator();
  generator.begin(1, 2, 3);
  const faker = make({ generator, today: new Date('2020-01-01') });
  expect(faker.rawDefinitions.metadata?.title).toBe('German');
  expect(faker.date.recent().getUTCFullYear()).toBe(2019);
  faker.seed(5);
  const name = faker.person.fullName();
  faker.seed(5);
  expect(faker.person.fullName()).toBe(name);
  await expect(loadFaker('dee')).rejects.toMatchObject({
    code: 'QH_OPTION',
    message: 'locale: faker has no language "dee"; did you mean "de"?',
  });
  await expect(loadFaker('../x')).rejects.toMatchObject({ code: 'QH_OPTION' });
});
