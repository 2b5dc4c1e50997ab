import { SecretError, type SecretStore } from '@quality-hub/protocol';
import { expect, test } from 'vitest';
import { openSecrets, type SecretRead } from './secrets.ts';

/** A store with versions, the newest last. */
function versioned(...values: string[]) {
  const state = { values, asked: 0, failure: undefined as SecretError | undefined, written: [] as unknown[] };
  const store: SecretStore = {
    kind: 'test',
    read: async (_, { version }) => {
      state.asked++;
      if (state.failure !== undefined) throw state.failure;
      const at = version === 'previous' ? state.values.length - 2 : state.values.length - 1;
      const value = state.values[at];
      if (value === undefined) throw new SecretError('QH_SECRET_VERSION', 'There is no version before it', 'x');
      return { value, version: String(at + 1) };
    },
    versions: async () => [],
    write: async (_, value) => {
      state.written.push(value);
      state.values.push(String(value));
      return { version: String(state.values.length), stage: 'current' };
    },
    health: async () => ({ state: 'healthy' }),
    close: async () => {},
  };
  return { state, store };
}

function secretsOf(...values: string[]) {
  let now = 0;
  const { state, store } = versioned(...values);
  const reads: SecretRead[] = [];
  const masked: string[] = [];
  const secrets = openSecrets({
    stores: { kv: store },
    refs: { paymentKey: 'kv:shop', pinned: 'kv:shop@1' },
    onRead: read => reads.push(read),
    beforeReveal: (_, texts) => masked.push(...texts),
    now: () => now,
  });
  return { secrets, state, reads, masked, advance: (ms: number) => (now += ms) };
}

test('a value that was refused is asked for past the cache, and every box gives the new one', async () => {
  const { secrets, state, reads } = secretsOf('one');
  const box = await secrets.get('paymentKey');
  state.values.push('two');
  expect(await secrets.recover('paymentKey', ['one'], 'HTTP 401')).toBe(true);
  expect(box.reveal()).toBe('two');
  expect(reads.at(-1)).toEqual({ name: 'paymentKey', store: 'kv', version: '2', renewedFor: 'HTTP 401' });
  expect(await secrets.recover('paymentKey', ['one'], 'HTTP 401'), 'somebody else has found it').toBe(true);
  expect(state.asked).toBe(2);
});

test('where a rotation is half done the version before serves, until a newer one comes', async () => {
  const { secrets, state, advance } = secretsOf('one', 'two');
  const box = await secrets.get('paymentKey');
  expect(await secrets.recover('paymentKey', ['two'], 'HTTP 401')).toBe(true);
  expect(box.reveal()).toBe('one');
  expect(secrets.factsOf('paymentKey')).toMatchObject({ version: '1', isPrevious: true });
  advance(400_000);
  await secrets.get('paymentKey');
  expect(box.reveal(), 'the same current version is refused still').toBe('one');
  expect(await secrets.recover('paymentKey', ['one'], 'HTTP 401'), 'the rotation is done').toBe(true);
  expect([box.reveal(), secrets.factsOf('paymentKey').isPrevious]).toEqual(['two', false]);
  state.values.push('three');
  advance(400_000);
  await secrets.get('paymentKey');
  expect(box.reveal()).toBe('three');
});

test('where all are refused the current one stays, and the store is not asked again at once', async () => {
  const { secrets, state, advance } = secretsOf('one', 'two');
  const box = await secrets.get('paymentKey');
  expect(await secrets.recover('paymentKey', ['two', 'one'], 'HTTP 401')).toBe(false);
  expect(box.reveal()).toBe('two');
  const { asked } = state;
  expect(await secrets.recover('paymentKey', ['two', 'one'], 'HTTP 401')).toBe(false);
  expect(state.asked).toBe(asked);
  advance(5_000);
  state.values.push('three');
  expect(await secrets.recover('paymentKey', ['two', 'one'], 'HTTP 401')).toBe(true);
  expect(box.reveal()).toBe('three');
});

test('a store without a version before, a version that is named, and one that says no', async () => {
  const { secrets, state } = secretsOf('one');
  await secrets.get('paymentKey');
  expect(await secrets.recover('paymentKey', ['one'], 'HTTP 401')).toBe(false);
  await secrets.get('pinned');
  expect(await secrets.recover('pinned', ['one'], 'HTTP 401')).toBe(false);
  state.failure = new SecretError('QH_SECRET_REVOKED', 'It was withdrawn', 'Make another');
  const { secrets: other, state: withdrawn } = secretsOf('one');
  await other.get('paymentKey');
  withdrawn.failure = state.failure;
  await expect(other.recover('paymentKey', ['one'], 'HTTP 401')).rejects.toMatchObject({ code: 'QH_SECRET_REVOKED' });
});

test('a rotation makes, proves, writes and takes the old one away; the mask knows the new one first', async () => {
  const { secrets, state, masked } = secretsOf('one');
  const box = await secrets.get('paymentKey');
  const steps: string[] = [];
  const rotated = await secrets.rotate('paymentKey', {
    create: old => `${old.reveal()}-next`,
    test: fresh => void steps.push(`test ${masked.includes('one-next')} ${fresh.reveal()}`),
    finish: (old, fresh) => void steps.push(`finish ${old.reveal()} ${fresh.reveal()} ${state.written}`),
  });
  expect(rotated).toEqual({ name: 'paymentKey', version: '2' });
  expect(steps).toEqual(['test true one-next', 'finish one one-next one-next']);
  expect(box.reveal()).toBe('one-next');
});

test('a new value that is not taken is taken away, and the old one stays', async () => {
  const { secrets, state } = secretsOf('one');
  const box = await secrets.get('paymentKey');
  const undone: string[] = [];
  const failing = secrets.rotate('paymentKey', {
    create: () => 'next',
    test: () => Promise.reject(new Error('not taken')),
    undo: fresh => void undone.push(fresh.reveal()),
  });
  await expect(failing).rejects.toThrow('not taken');
  expect([undone, state.written, box.reveal()]).toEqual([['next'], [], 'one']);
  const both = secrets.rotate('paymentKey', {
    create: () => 'next',
    test: () => Promise.reject(new Error('not taken')),
    undo: () => Promise.reject(new Error('not taken away')),
  });
  await expect(both).rejects.toMatchObject({ errors: [{ message: 'not taken' }, { message: 'not taken away' }] });
});

test('what cannot be written is not rotated, and says why', async () => {
  const { secrets } = secretsOf('one');
  const steps = { create: () => 'next', test: () => {} };
  await expect(secrets.rotate('pinned', steps)).rejects.toMatchObject({
    code: 'QH_SECRET_DENIED',
    message: 'The secret pinned cannot be rotated: its reference names the version 1',
  });
});
