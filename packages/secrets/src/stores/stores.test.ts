import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { environmentStore } from './environment-store.ts';
import { fileStore } from './file-store.ts';
import { type FileKey, SecretFile } from './secret-file.ts';

const { signal } = new AbortController();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'qh-secrets-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the environment', () => {
  test('a variable wins, then the first file', async () => {
    writeFileSync(join(folder, '.env'), 'A=from the second\nB="two words" # a note\n');
    writeFileSync(join(folder, '.env.local'), 'A=from the first\nC=file\n');
    const store = environmentStore({
      env: { C: 'process' },
      files: [join(folder, '.env.local'), join(folder, '.env')],
    });
    const read = async (name: string) => (await store.read(name, { signal })).value;
    expect([await read('A'), await read('B'), await read('C')]).toEqual(['from the first', 'two words', 'process']);
    expect(await store.versions('A', { signal })).toEqual([{ version: '1', stage: 'current' }]);
    expect(await store.health({ signal })).toEqual({ state: 'healthy' });
    await store.close();
  });

  test('what is not there, has no version, or cannot be read is told in words', async () => {
    const store = environmentStore({ env: { SHOP_DB: 'x' } });
    await expect(store.read('SHOP_BD', { signal })).rejects.toMatchObject({
      code: 'QH_SECRET_NOT_FOUND',
      message: 'There is no environment variable SHOP_BD',
      hint: 'Set it where the run is started; there is one named SHOP_DB',
    });
    await expect(store.read('SHOP_DB', { signal, version: 'previous' })).rejects.toMatchObject({
      code: 'QH_SECRET_VERSION',
    });
    const missing = environmentStore({ env: {}, files: [join(folder, '.env')] });
    await expect(missing.read('A', { signal })).rejects.toMatchObject({
      code: 'QH_SECRET_UNREACHABLE',
      transient: true,
    });
    expect(await missing.health({ signal })).toMatchObject({
      state: 'down',
      detail: expect.stringContaining('ENOENT'),
    });
    // A file that comes later is read then.
    writeFileSync(join(folder, '.env'), 'A=late\n');
    expect(await missing.read('A', { signal })).toEqual({ value: 'late' });
  });
});

describe('an encrypted file', () => {
  const passphrase: FileKey = { passphrase: 'three words long' };
  const key: FileKey = { key: Buffer.alloc(32, 7).toString('base64') };
  const path = () => join(folder, 'secrets.json');

  test.each([
    ['a passphrase', passphrase],
    ['a key', key],
  ])('with %s: values come back, the one before too, and none stands on the disk', async (_, fileKey) => {
    await SecretFile.create(path(), fileKey);
    const store = fileStore({ path: path(), key: () => fileKey, now: () => new Date('2026-01-01T00:00:00.000Z') });
    expect(await store.write?.('shop/db', 'swordfish-4711', { signal })).toEqual({ version: '1', stage: 'current' });
    await store.write?.('shop/db', { user: 'ann', password: 'swordfish-4712' }, { signal });
    expect(await store.read('shop/db', { signal })).toEqual({
      value: { user: 'ann', password: 'swordfish-4712' },
      version: '2',
      createdAt: '2026-01-01T00:00:00.000Z',
    });
    expect(await store.read('shop/db', { signal, version: 'previous' })).toMatchObject({
      value: 'swordfish-4711',
      version: '1',
    });
    expect((await store.versions('shop/db', { signal })).map(({ version, stage }) => `${version} ${stage}`)).toEqual([
      '2 current',
      '1 previous',
    ]);
    const text = readFileSync(path(), 'utf8');
    expect(text).toContain('"shop/db"');
    expect(text).not.toMatch(/swordfish|ann/);
    expect(statSync(path()).mode & 0o077).toBe(0);
    await store.close();
    expect(await fileStore({ path: path(), key: () => fileKey }).read('shop/db', { signal })).toMatchObject({
      version: '2',
    });
  });

  test('a wrong key, another kind of key, and a key that is none are told', async () => {
    await SecretFile.create(path(), passphrase);
    const open = (fileKey: FileKey) => SecretFile.open(path(), fileKey);
    await expect(open({ passphrase: 'other' })).rejects.toMatchObject({ code: 'QH_SECRET_AUTH' });
    await expect(open(key)).rejects.toThrow('made with a passphrase, not with a key');
    await SecretFile.create(path(), key);
    await expect(open(passphrase)).rejects.toThrow('made with a key, not with a passphrase');
    await expect(open({ key: 'c2hvcnQ=' })).rejects.toThrow('has 5 bytes, expected 32');
    const store = fileStore({ path: path(), key: () => passphrase });
    expect(await store.health({ signal })).toMatchObject({ state: 'down' });
  });

  test('a value that somebody moved to another name, or changed, is refused', async () => {
    const file = (await SecretFile.create(path(), key))
      .with('a', 'value of a', new Date(0))
      .with('b', 'value of b', new Date(0));
    expect(file.names).toEqual(['a', 'b']);
    const content = JSON.parse(readFileSync(path(), 'utf8'));
    content.secrets.b = content.secrets.a;
    writeFileSync(path(), JSON.stringify(content));
    const moved = await SecretFile.open(path(), key);
    expect(moved.value('a', '1')).toBe('value of a');
    expect(() => moved.value('b', '1')).toThrow(expect.objectContaining({ code: 'QH_SECRET_INVALID' }));
  });

  test('a new key opens it, and the old one no longer', async () => {
    const file = (await SecretFile.create(path(), passphrase))
      .with('a', 'first', new Date(0))
      .with('a', 'second', new Date(0));
    await file.withKey(key);
    const rotated = await SecretFile.open(path(), key);
    expect([rotated.value('a', '2'), rotated.value('a', '1')]).toEqual(['second', 'first']);
    await expect(SecretFile.open(path(), passphrase)).rejects.toMatchObject({ code: 'QH_SECRET_AUTH' });
    expect(rotated.without('a').names).toEqual([]);
  });

  test('a file that is missing, none, or without the name is told in words', async () => {
    await expect(SecretFile.open(path(), key)).rejects.toMatchObject({ code: 'QH_SECRET_UNREACHABLE' });
    writeFileSync(path(), '{}');
    await expect(SecretFile.open(path(), key)).rejects.toMatchObject({ code: 'QH_SECRET_INVALID' });
    (await SecretFile.create(path(), key)).with('shop/db', 'x', new Date(0));
    const store = fileStore({ path: path(), key: () => key });
    await expect(store.read('shop/bd', { signal })).rejects.toMatchObject({ hint: 'Did you mean shop/db?' });
    await expect(store.read('shop/db', { signal, version: '9' })).rejects.toMatchObject({
      code: 'QH_SECRET_VERSION',
      hint: 'It has 1',
    });
  });
});
