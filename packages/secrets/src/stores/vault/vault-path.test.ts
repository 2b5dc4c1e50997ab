import { startVaultEmulator } from '@quality-hub/testkit';
import { expect, test } from 'vitest';
import { encodeVaultPath } from './vault-path.ts';
import { vaultStore } from './vault-store.ts';

const { signal } = new AbortController();
const PIECES = [
  'a',
  '/',
  '..',
  '.',
  '%2e',
  '%2f',
  '%',
  '?',
  '#',
  '&',
  ';',
  '{x}',
  "'",
  '"',
  '\\',
  ' ',
  '+',
  'ü',
  '😀',
  '\n',
  '\0',
  '&#x2F;',
  '@',
];

/** The same texts in each run. @see https://en.wikipedia.org/wiki/Linear_congruential_generator */
function* strangePaths(count: number): Generator<string> {
  let state = 4_711;
  const next = (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
  for (let made = 0; made < count; made++)
    yield Array.from({ length: 1 + next(6) }, () => PIECES[next(PIECES.length)]).join('');
}

test('a path is refused, or names exactly one secret below its mount, whatever characters it has', async () => {
  const vault = await startVaultEmulator();
  vault.mountKv('kv');
  const auth = { method: 'token', token: vault.rootToken } as const;
  const store = vaultStore({ address: vault.url, auth, mounts: { kv: 'kv2' } }, { env: {} });
  const written = new Map<string, string>();
  let refused = 0;
  for (const path of strangePaths(300)) {
    const asked = vault.requests.length;
    try {
      await store.write?.(`kv/${path}`, { path }, { signal });
      written.set(path, vault.requests.at(-1)?.path ?? '');
    } catch (error) {
      expect(error).toMatchObject({ code: 'QH_SECRET_INVALID' });
      expect(vault.requests.length).toBe(asked);
      refused += 1;
    }
  }
  expect(refused).toBeGreaterThan(20);
  expect(written.size).toBeGreaterThan(100);
  for (const [path, sent] of written) {
    expect(decodeURIComponent(sent)).toBe(`/v1/kv/data/${path}`);
    expect(await store.read(`kv/${path}`, { signal })).toMatchObject({ value: { path } });
  }
  await store.close();
  await vault.close();
}, 120_000);

test('what leads elsewhere is told', () => {
  for (const path of ['', '/', 'a/', '/a', 'a//b', '.', 'a/..', '../a'])
    expect(() => encodeVaultPath(path)).toThrow(expect.objectContaining({ code: 'QH_SECRET_INVALID' }));
});
