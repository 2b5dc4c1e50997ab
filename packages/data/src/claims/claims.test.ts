import type { ConflictEvidence } from '@quality-hub/protocol';
import { createMemoryDriver } from '@quality-hub/state';
import { expect, test } from 'vitest';
import { openLedger } from '../ledger/open-ledger.ts';
import { type ClaimOwner, createClaims } from './claims.ts';

function attempts() {
  const store = createMemoryDriver();
  const attempt = (worker: string, label: string, more: Partial<ClaimOwner> = {}) => {
    const ledger = openLedger({ store });
    const seen: ConflictEvidence[] = [];
    const owner = { run: 'r/1', worker, test: `key of ${label}`, label, namespace: `n-${label}`, ...more };
    const claims = createClaims({
      store: async () => store,
      ledger: async () => ledger,
      owner,
      observe: evidence => seen.push(evidence),
    });
    return { ...claims, ledger, seen };
  };
  return { store, attempt };
}

test('two tests that claim one value hear of each other', async () => {
  const { attempt } = attempts();
  const [pays, refunds] = [attempt('w-1', 'pays'), attempt('w-2', 'refunds')];
  await pays.claim('email', 'ada@x.test');
  await expect(refunds.claim('email', 'ada@x.test')).rejects.toMatchObject({
    code: 'QH_DATA_CLAIMED',
    message:
      'email "ada@x.test" belongs to "pays" (worker w-1 of run r/1) now, and cannot be claimed by "refunds" (worker w-2 of run r/1)',
    hint: expect.stringContaining('namespace'),
    holder: { test: 'key of pays' },
  });
  expect(refunds.seen).toEqual([
    {
      kind: 'conflict',
      resource: 'email "ada@x.test"',
      detail: '"pays" (worker w-1 of run r/1) had claimed it',
      other: 'key of pays',
    },
  ]);
  expect(pays.seen).toEqual([]);
  await pays.release();
  expect(pays.seen).toEqual([
    {
      kind: 'conflict',
      resource: 'email "ada@x.test"',
      detail: '"refunds" (worker w-2 of run r/1) wanted it meanwhile',
      other: 'key of refunds',
    },
  ]);
  await refunds.claim('email', 'ada@x.test');
  await refunds.release();
});

test('values, kinds and attempts are told apart', async () => {
  const { store, attempt } = attempts();
  const [one, two] = [attempt('w-1', 'one'), attempt('w-2', 'two')];
  const long = 'x'.repeat(2_000);
  for (const [kind, value] of [
    ['email', 'a'],
    ['sku', 'a'],
    ['email', 'A'],
    ['email', 'a/b'],
    ['email/a', 'b'],
    ['email', long],
    ['email', `${long}y`],
    ['email', '\u0000\ud800'],
    ['email', ''],
  ] as const) {
    await one.claim(kind, value);
    await one.claim(kind, value);
    await expect(two.claim(kind, value)).rejects.toMatchObject({ code: 'QH_DATA_CLAIMED' });
  }
  expect(await store.list('claim/key/')).toHaveLength(9);
  await one.claim('email', 'Ada@X', { ignoreCase: true });
  await expect(two.claim('email', 'ada@x', { ignoreCase: true })).rejects.toMatchObject({ code: 'QH_DATA_CLAIMED' });
  await one.release();
  await two.release();
  expect(await store.list('claim/key/')).toEqual([]);
});

test('the next attempt of a test in the same worker is somebody else', async () => {
  const { attempt } = attempts();
  const first = attempt('w-1', 'pays');
  await first.claim('email', 'a');
  const retry = attempt('w-1', 'pays', { namespace: 'other' });
  await expect(retry.claim('email', 'a')).rejects.toMatchObject({ code: 'QH_DATA_CLAIMED' });
  await attempt('w-1', 'pays').claim('email', 'a');
});

test('the claims of the dead are free, and not given back by those who had them', async () => {
  const { store, attempt } = attempts();
  const dead = attempt('w-1', 'dead');
  await dead.claim('email', 'a');
  await dead.ledger.close();
  const next = attempt('w-2', 'next');
  await next.claim('email', 'a');
  await dead.release();
  await expect(attempt('w-3', 'third').claim('email', 'a')).rejects.toMatchObject({ holder: { label: 'next' } });
  await store.set('claim/key/email/is-b', 'broken');
  await next.claim('email', 'b');
});

test('of many that want it at once one gets it', async () => {
  const { attempt } = attempts();
  const results = await Promise.allSettled(
    Array.from({ length: 20 }, (_, index) => attempt(`w-${index}`, `t-${index}`).claim('email', 'a')),
  );
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});
