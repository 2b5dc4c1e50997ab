import type { SecretStore, StoredSecret } from '@quality-hub/protocol';
import { createMask, MASKED } from '@quality-hub/telemetry';
import { expect, test, vi } from 'vitest';
import { openSecrets, type SecretRead, type SecretsOptions } from './secrets.ts';
import { environmentStore } from './stores/environment-store.ts';

const VALUE = 'correct-h0rse-battery';

/** A store whose answer a test can change, and that can hang. */
function storeWith(value: StoredSecret['value']) {
  const state = { value, version: 1, hangs: false, isDeaf: false, asked: 0, closed: 0 };
  const store: SecretStore = {
    kind: 'test',
    read: async (_, { signal }) => {
      state.asked++;
      if (state.isDeaf) await new Promise(() => {});
      if (state.hangs)
        await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      return { value: state.value, version: String(state.version) };
    },
    versions: async () => [],
    health: async () => ({ state: 'healthy' }),
    close: async () => {
      state.closed++;
    },
  };
  return { state, store };
}

function secretsOf(value: StoredSecret['value'], options: Partial<SecretsOptions> = {}) {
  const { state, store } = storeWith(value);
  const reads: SecretRead[] = [];
  const secrets = openSecrets({
    stores: { kv: store },
    refs: { paymentKey: 'kv:shop#key', whole: 'kv:shop' },
    onRead: read => reads.push(read),
    ...options,
  });
  return { secrets, state, reads };
}

test('a secret comes in its box, and the mask knows it before anybody has it', async () => {
  const mask = createMask();
  const { secrets, reads } = secretsOf({ key: VALUE }, { beforeReveal: (_, texts) => mask.add(texts) });
  const secret = await secrets.get('paymentKey');
  expect(`${secret}`).toBe('[secret:paymentKey]');
  expect(mask.text(VALUE)).toBe(VALUE);
  expect(secret.reveal()).toBe(VALUE);
  expect(mask.text(VALUE)).toBe(MASKED);
  expect(reads).toEqual([{ name: 'paymentKey', store: 'kv', version: '1' }]);
  await secrets.close();
});

test('a rotated value is in every box of its name', async () => {
  const { secrets, state, reads } = secretsOf({ key: 'first-value' });
  const secret = await secrets.get('paymentKey');
  expect(await secrets.renew('paymentKey', 'HTTP 401')).toBe(false);
  state.value = { key: 'second-value' };
  expect(await secrets.renew('paymentKey', 'HTTP 401')).toBe(true);
  expect([secret.reveal(), (await secrets.get('paymentKey')).reveal()]).toEqual(['second-value', 'second-value']);
  expect(reads.at(-1)).toMatchObject({ renewedFor: 'HTTP 401' });
});

test('several are asked for at once, and JSON in a text has keys too', async () => {
  const { secrets } = secretsOf(JSON.stringify({ key: VALUE }));
  const { paymentKey, whole } = await secrets.all(['paymentKey', 'whole']);
  expect([paymentKey.reveal(), whole.reveal()]).toEqual([VALUE, JSON.stringify({ key: VALUE })]);
});

test.each<[StoredSecret['value'], string, string]>([
  [{ kye: VALUE }, 'QH_SECRET_NOT_FOUND', 'has no key key in kv:shop'],
  [{}, 'QH_SECRET_NOT_FOUND', 'has no key key in kv:shop'],
  ['plain text', 'QH_SECRET_INVALID', 'is a plain text in kv:shop, and its key key was asked for'],
])('of %j the key is missed in words', async (value, code, message) => {
  await expect(secretsOf(value).secrets.get('paymentKey')).rejects.toMatchObject({
    code,
    message: expect.stringContaining(message),
  });
});

test('a name that is none says which was meant', async () => {
  await expect(secretsOf('x').secrets.get('paymentKye')).rejects.toMatchObject({
    code: 'QH_SECRET_NOT_FOUND',
    hint: 'Did you mean paymentKey?',
  });
});

test('a store that hangs is given up', async () => {
  const { secrets, state } = secretsOf({ key: VALUE }, { timeoutMs: 20 });
  state.hangs = true;
  await expect(secrets.get('paymentKey')).rejects.toMatchObject({
    code: 'QH_SECRET_UNREACHABLE',
    message: 'The store kv did not answer within 20 ms for paymentKey',
  });
});

test('a store that does not listen to the signal is given up as well', async () => {
  const { secrets, state } = secretsOf({ key: VALUE }, { timeoutMs: 20 });
  state.isDeaf = true;
  await expect(secrets.get('paymentKey')).rejects.toMatchObject({ code: 'QH_SECRET_UNREACHABLE' });
});

test('a value of several parts that is the same again is no other value', async () => {
  const { secrets, state } = secretsOf({ user: 'ann', key: VALUE });
  await secrets.get('whole');
  state.value = { user: 'ann', key: VALUE };
  expect(await secrets.renew('whole', 'HTTP 401')).toBe(false);
  state.value = { user: 'ann', key: 'another-value' };
  expect(await secrets.renew('whole', 'HTTP 401')).toBe(true);
});

test('the end ends questions that run, forgets values, and closes the stores', async () => {
  const { secrets, state } = secretsOf({ key: VALUE });
  const secret = await secrets.get('paymentKey');
  state.hangs = true;
  const asked = secrets.renew('paymentKey', 'x').catch(error => error);
  await secrets.close();
  expect(await asked).toMatchObject({ code: 'QH_SECRET_UNREACHABLE', message: 'The run is over' });
  expect([secret.reveal(), state.closed]).toEqual([undefined, 1]);
});

test('everything that is wrong with the references is told at once', () => {
  const { store } = storeWith('x');
  expect(() => openSecrets({ stores: { vault: store }, refs: { a: 'valt:x', b: 'nothing', c: 'vault:x' } })).toThrow(
    expect.objectContaining({
      code: 'QH_OPTION',
      problems: [
        'secrets.refs.a names the store valt, which is none; did you mean vault?',
        expect.stringMatching(/^secrets\.refs\.b: the reference "noth…" is none/),
      ],
    }),
  );
});

test('a cached secret costs no question', async () => {
  const read = vi.fn();
  await using secrets = openSecrets({
    stores: { env: environmentStore({ env: { SHOP_DB: VALUE } }) },
    refs: { shopDb: 'env:SHOP_DB' },
    onRead: read,
  });
  await Promise.all(Array.from({ length: 50 }, () => secrets.get('shopDb')));
  expect((await secrets.get('shopDb')).reveal()).toBe(VALUE);
  expect(read).toHaveBeenCalledTimes(1);
});
