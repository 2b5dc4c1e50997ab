import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SecretError, type SecretStore } from '@quality-hub/protocol';
import { expect, test } from 'vitest';
import { openSection } from '../open-section.ts';
import { secretsSchema } from '../schema.ts';
import type { Secrets } from '../secrets.ts';
import type { SecretSection } from '../section.ts';
import { SecretFile } from '../stores/secret-file.ts';
import { rotationPlan } from './rotation-plan.ts';

const folder = mkdtempSync(join(tmpdir(), 'qh-scheduled-'));
const key = Buffer.alloc(32, 7).toString('base64');
const FIRST = { user: 'ann', password: 'first-password', token: 'first-token' };
const rotate = { everyDays: 30 };
let files = 0;

interface Opened {
  readonly secrets: Secrets;
  readonly file: () => Promise<SecretFile>;
  readonly told: [string, readonly string[]][];
}

async function opened(
  refs: Record<string, string | SecretSection>,
  stores: Record<string, SecretStore> = {},
): Promise<Opened> {
  const path = join(folder, `${files++}.json`);
  const file = await SecretFile.create(path, { key });
  const longAgo = new Date('2026-01-01T00:00:00Z');
  file.with('login', FIRST, longAgo).with('text', JSON.stringify(FIRST), longAgo).with('plain', 'first-plain', longAgo);
  const section = { stores: { kept: { kind: 'file' as const, path, key: { env: 'KEY' } }, ...stores }, refs };
  expect(secretsSchema.safeParse(section).error?.issues).toBeUndefined();
  const told: Opened['told'] = [];
  const beforeReveal = (name: string, texts: readonly string[]) => void told.push([name, texts]);
  const { secrets } = openSection(section, { folder, env: { KEY: key, TOKEN: 'of-environment' }, beforeReveal });
  return { secrets, told, file: () => SecretFile.open(path, { key }) };
}

test('a value is made anew, told to the mask, and the one before stays as @previous', async () => {
  const { secrets, file, told } = await opened({ plain: { ref: 'kept:plain', rotate }, before: 'kept:plain@previous' });
  const box = await secrets.get('plain');
  expect(await secrets.rotateScheduled(['plain'])).toEqual([{ name: 'plain', version: '2', keepsPrevious: true }]);
  const fresh = String((await file()).value('plain', '2'));
  expect(fresh).toMatch(/^[A-Za-z0-9]{32}$/);
  expect(told).toContainEqual(['plain', [fresh]]);
  expect([box.reveal(), (await secrets.get('before')).reveal()]).toEqual([fresh, 'first-plain']);
});

test.each(['login', 'text'])(
  'keys of one path get one version, and each has its old value in the one before (%s)',
  async path => {
    const { secrets, file } = await opened({
      password: { ref: `kept:${path}#password`, rotate },
      sameOne: { ref: `kept:${path}#password`, rotate },
      token: { ref: `kept:${path}#token`, rotate: { everyDays: 60, generate: async () => 'made-by-a-function' } },
      oldPassword: `kept:${path}#password@previous`,
      other: { ref: 'kept:plain', rotate },
    });
    const [group = [], ...others] = secrets.byPath(['password', 'sameOne', 'other', 'token']);
    expect([group, others]).toEqual([['password', 'sameOne', 'token'], [['other']]]);
    expect((await secrets.rotateScheduled(group)).map(({ version }) => version)).toEqual(['2', '2', '2']);
    const { password, sameOne, token, oldPassword } = await secrets.all([
      'password',
      'sameOne',
      'token',
      'oldPassword',
    ]);
    expect(sameOne.reveal()).toBe(password.reveal());
    expect([token.reveal(), oldPassword.reveal()]).toEqual(['made-by-a-function', 'first-password']);
    const written = (await file()).value(path, '2');
    expect(typeof written === 'string' ? JSON.parse(written) : written).toMatchObject({ user: 'ann' });
    expect(typeof written).toBe(path === 'text' ? 'string' : 'object');
  },
);

const refused: [string, Record<string, string | SecretSection>, string, string][] = [
  ['no schedule', { a: 'kept:plain' }, 'QH_SECRET_DENIED', 'its section has no rotate'],
  [
    'no writing',
    { a: { ref: 'env:TOKEN', rotate } },
    'QH_SECRET_DENIED',
    'a store of the kind environment cannot be written',
  ],
  ['a version', { a: { ref: 'kept:plain@1', rotate } }, 'QH_SECRET_DENIED', 'names the version 1'],
  ['several values', { a: { ref: 'kept:login', rotate } }, 'QH_SECRET_DENIED', 'it has several values'],
  ['a default', { a: { ref: 'kept:gone', rotate, default: 'x' } }, 'QH_SECRET_DENIED', 'it is not in the store kept'],
  [
    'a whole and its key',
    { a: { ref: 'kept:text', rotate }, b: { ref: 'kept:text#user', rotate } },
    'QH_SECRET_INVALID',
    'a and b are one value as a whole',
  ],
  [
    'the same again',
    { a: { ref: 'kept:plain', rotate: { everyDays: 1, generate: () => 'first-plain' } } },
    'QH_SECRET_INVALID',
    'the new value is the one it has',
  ],
  ['another type', { a: { ref: 'kept:text', type: 'json', rotate } }, 'QH_SECRET_INVALID', 'The secret a is no JSON'],
];

test.each(refused)('%s is refused, and nothing is written', async (_, refs, code, said) => {
  const { secrets, file } = await opened(refs);
  const failed = secrets.rotateScheduled(Object.keys(refs));
  await expect(failed).rejects.toMatchObject({ code, message: expect.stringContaining(said) });
  const after = await file();
  expect(['login', 'text', 'plain'].map(name => after.versions(name).length)).toEqual([1, 1, 1]);
});

test('a store that is down when the value is written does not make it unwritten', async () => {
  const state = { value: 'first-plain', version: 1, isDown: false };
  const own: SecretStore = {
    kind: 'own',
    read: async () => {
      if (state.isDown) throw new SecretError('QH_SECRET_UNREACHABLE', 'It is down', 'Wait');
      return { value: state.value, version: String(state.version) };
    },
    versions: async () => {
      throw new SecretError('QH_SECRET_UNREACHABLE', 'It is down', 'Wait');
    },
    write: async (_, value) => {
      Object.assign(state, { value, version: 2, isDown: true });
      return { version: '2', stage: 'current' };
    },
    health: async () => ({ state: 'healthy' }),
    close: async () => {},
  };
  const { secrets } = await opened({ a: { ref: 'own:a', rotate } }, { own });
  const box = await secrets.get('a');
  expect(await secrets.rotateScheduled(['a'])).toEqual([{ name: 'a', version: '2', keepsPrevious: false }]);
  state.isDown = false;
  expect(await secrets.renew('a', 'HTTP 401')).toBe(true);
  expect(box.reveal()).toBe(state.value);
  const steps = { create: () => 'third-plain', test: () => {} };
  expect(await secrets.rotate('a', steps)).toMatchObject({ name: 'a' });
});

test('secrets of two paths are not one rotation', async () => {
  const { secrets } = await opened({ a: { ref: 'kept:plain', rotate }, b: { ref: 'kept:login#user', rotate } });
  await expect(secrets.rotateScheduled(['a', 'b'])).rejects.toThrow('a, b: expected secrets of one path');
  await expect(secrets.rotateScheduled([])).rejects.toThrow('No secret: expected');
  expect(() => secrets.byPath(['c'])).toThrow('There is no secret c in the configuration');
});

test('the time of a secret comes on the day that its schedule says', async () => {
  const { secrets } = await opened({
    a: { ref: 'kept:plain', rotate },
    b: 'kept:plain',
    c: { ref: 'env:TOKEN', rotate },
  });
  await secrets.all(['a', 'b', 'c']);
  const at = (name: string, day: string) => rotationPlan(secrets.factsOf(name), Date.parse(`${day}T00:00:00Z`));
  expect([at('a', '2026-01-30'), at('a', '2026-01-31'), at('b', '2026-01-31'), at('c', '2026-01-31')]).toEqual([
    { everyDays: 30, state: 'young', ageDays: 29 },
    { everyDays: 30, state: 'due', ageDays: 30 },
    undefined,
    { everyDays: 30, state: 'ageless' },
  ]);
});

test.each<[object, string]>([
  [{ everyDays: 0 }, 'everyDays'],
  [{}, 'everyDays'],
  [{ everyDays: 1, length: 8 }, 'length'],
  [{ everyDays: 1, alphabet: 'abc' }, 'alphabet'],
  [{ everyDays: 1, alphabet: 'aabcdefghijk' }, 'alphabet'],
  [{ everyDays: 1, generate: 'uuid' }, 'generate'],
  [{ everyDays: 1, length: 12, generate: () => 'x' }, ''],
])('%j is no schedule', (schedule, place) => {
  const { error } = secretsSchema.safeParse({ refs: { a: { ref: 'kept:a', rotate: schedule } } });
  expect(JSON.stringify(error?.issues)).toContain(place);
});
