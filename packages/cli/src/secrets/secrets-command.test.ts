import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuditTrail, SecretFile } from '@quality-hub/secrets';
import { expect, test } from 'vitest';
import { runBin } from '../testing/run-bin.ts';
import { runHere } from '../testing/run-here.ts';

const PASSPHRASE = 'several words of a suite';
const VALUE = 'Zx9-kQ2_pL7vTt';
const env = { QUALITY_HUB_SECRETS_PASSPHRASE: PASSPHRASE };

function folderWith(secrets?: object): string {
  const folder = mkdtempSync(join(tmpdir(), 'qh-secrets-'));
  mkdirSync(join(folder, '.git'));
  if (secrets) writeFileSync(join(folder, 'quality-hub.config.json'), JSON.stringify({ secrets }));
  return folder;
}
const kept = { stores: { kept: { kind: 'file', path: 'secrets.json' } } };

test('a value is taken from a pipe or from the terminal, kept encrypted, and given to nobody else', async () => {
  const cwd = folderWith(kept);
  const made = await runHere(['secrets', 'set', 'paymentKey'], { cwd, env, piped: `${VALUE}\n` });
  expect(made.stdout.split('\n')).toEqual([
    `${join(cwd, 'secrets.json')} is new. It may lie in version control; its passphrase must not.`,
    `paymentKey is in ${join(cwd, 'secrets.json')}, as version 1.`,
    '',
  ]);
  const typed = await runHere(['secrets', 'set', 'pin'], { cwd, env, answer: () => '4711' });
  expect(typed.code, typed.stderr).toBe(0);
  expect(typed.stdout).not.toContain('4711');
  for (const name of readdirSync(cwd).filter(one => one.endsWith('.json')))
    expect(readFileSync(join(cwd, name), 'utf8')).not.toContain(VALUE);
  const file = await SecretFile.open(join(cwd, 'secrets.json'), { passphrase: PASSPHRASE });
  expect([file.value('paymentKey', '1'), file.value('pin', '1')]).toEqual([VALUE, '4711']);
  const listed = await runHere(['secrets', 'list'], { cwd, env });
  expect(listed.stdout).toMatch(/^paymentKey {2}version 1 of \d{4}-\d\d-\d\d\npin {2}version 1/);
});

test('values are edited one after the other, those left empty stay, and one is removed', async () => {
  const cwd = folderWith();
  const path = join(cwd, 'own.json');
  const file = await SecretFile.create(path, { passphrase: PASSPHRASE });
  file.with('a', 'one', new Date()).with('b', 'two', new Date());
  const answers = ['changed', ''];
  const edited = await runHere(['secrets', 'edit', '--file', 'own.json'], {
    cwd,
    env,
    answer: () => answers.shift() ?? '',
  });
  expect(edited.stdout).toContain('a (version 1, empty keeps it): ');
  expect(edited.stdout).toContain(`1 secret changed in ${path}.`);
  const one = await runHere(['secrets', 'edit', 'b', '--file', 'own.json'], { cwd, env, answer: () => 'changed too' });
  expect(one.code).toBe(0);
  const after = await SecretFile.open(path, { passphrase: PASSPHRASE });
  expect([after.value('a', '2'), after.value('a', '1'), after.value('b', '2')]).toEqual([
    'changed',
    'one',
    'changed too',
  ]);
  expect((await runHere(['secrets', 'remove', 'a', '--file', path], { cwd, env })).stdout).toContain(
    'a is no longer in',
  );
  expect((await runHere(['secrets', 'list', '--file', path], { cwd, env })).stdout).toMatch(/^b /);
});

test('another passphrase opens the file, and the old one no longer', async () => {
  const cwd = folderWith(kept);
  const path = join(cwd, 'secrets.json');
  (await SecretFile.create(path, { passphrase: PASSPHRASE })).with('a', VALUE, new Date());
  const wrong = ['another good passphrase', 'a slip of the finger'];
  const slipped = await runHere(['secrets', 'rotate-key'], { cwd, env, answer: () => wrong.shift() ?? '' });
  expect([slipped.code, slipped.stderr]).toEqual([2, expect.stringContaining('The two are not the same')]);
  const given = { ...env, QUALITY_HUB_SECRETS_NEW_PASSPHRASE: 'another good passphrase' };
  expect((await runHere(['secrets', 'rotate-key'], { cwd, env: given })).stdout).toContain('with 1 secret in it');
  await expect(SecretFile.open(path, { passphrase: PASSPHRASE })).rejects.toMatchObject({ code: 'QH_SECRET_AUTH' });
  const file = await SecretFile.open(path, { passphrase: 'another good passphrase' });
  expect(file.value('a', '1')).toBe(VALUE);
});

test.each<[string[], NodeJS.ProcessEnv, string]>([
  [['secrets'], env, 'needs to be told what to do'],
  [['secrets', 'sett', 'a'], env, 'did you mean "set"?'],
  [['secrets', 'set'], env, 'secrets set needs a name'],
  [['secrets', 'set', 'a'], env, 'There is nobody to ask'],
  [['secrets', 'edit'], env, 'There is nobody to ask'],
  [['secrets', 'remove', 'a', '--file', 'made.json'], env, 'has no secret a'],
  [['secrets', 'set', 'a', '--store', 'kep'], env, 'no store "kep" of the kind file; did you mean "kept"?'],
  [['secrets', 'set', 'a', '--file', 'new.json'], { QUALITY_HUB_SECRETS_PASSPHRASE: 'short' }, 'has 5 characters'],
  [['secrets', 'rotate-key', '--file', 'made.json'], env, 'There is no new key'],
  [['secrets', 'set', 'a', '--dry-run'], env, 'secrets set has no option --dry-run'],
  [['secrets', 'rotate', 'a', '--file', 's.json'], env, 'secrets rotate has no option --file'],
  [['secrets', 'doctor', 'a', 'b'], env, 'secrets doctor takes one name. "b" is one more'],
])('%j is told what is wrong with it', async (args, given, said) => {
  const cwd = folderWith(kept);
  if (args.includes('made.json')) await SecretFile.create(join(cwd, 'made.json'), { passphrase: PASSPHRASE });
  if (args.includes('set') && args.length === 3)
    await SecretFile.create(join(cwd, 'secrets.json'), { passphrase: PASSPHRASE });
  const { code, stderr } = await runHere(args, { cwd, env: given });
  expect(stderr).toContain(said);
  expect(code).toBe(2);
});

test('without a store, and with several, the command asks which one', async () => {
  const none = await runHere(['secrets', 'list'], { cwd: folderWith({}), env });
  expect(none.stderr).toMatch(/There is no store of the kind file in .*quality-hub\.config\.json/);
  const two = { stores: { a: { kind: 'file', path: 'a' }, b: { kind: 'file', path: 'b' } } };
  const both = await runHere(['secrets', 'list'], { cwd: folderWith(two), env });
  expect(both.stderr).toContain('2 stores of the kind file. Name one: --store a, --store b');
});

test('the key of a file may lie in another store', async () => {
  const cwd = folderWith({ stores: { kept: { kind: 'file', path: 's.json', key: { ref: 'env:FILE_KEY' } } } });
  const given = { FILE_KEY: Buffer.alloc(32, 7).toString('base64') };
  expect((await runHere(['secrets', 'set', 'a'], { cwd, env: given, piped: VALUE })).code).toBe(0);
  const file = await SecretFile.open(join(cwd, 's.json'), { key: given.FILE_KEY });
  expect(file.value('a', '1')).toBe(VALUE);
});

test('the doctor says of every secret whether it can be read, and what stands in the way', async () => {
  const cwd = folderWith({
    stores: { kept: { kind: 'file', path: 'secrets.json' }, lost: { kind: 'file', path: 'lost.json' } },
    refs: {
      good: 'kept:a',
      there: 'env:THERE',
      wrongKey: 'kept:a#user',
      wrongPath: 'kept:paymentKye',
      wrongVersion: 'kept:a@7',
      standIn: { ref: 'env:NOT_THERE', default: 'x' },
      lost: 'lost:a',
    },
  });
  const file = await SecretFile.create(join(cwd, 'secrets.json'), { passphrase: PASSPHRASE });
  file.with('a', VALUE, new Date()).with('paymentKey', VALUE, new Date());
  const given = { ...env, THERE: VALUE };
  const found = await runHere(['secrets', 'doctor'], { cwd, env: given });
  expect(found.code).toBe(1);
  expect(found.stdout).not.toContain(VALUE);
  expect(found.stdout.split('\n').filter(line => !line.startsWith('      '))).toEqual([
    'ok    The store kept is healthy.',
    'ok    The store env is healthy.',
    expect.stringMatching(/^fail {2}The store lost is down: .*lost\.json cannot be read/),
    expect.stringMatching(/^ok {4}good is read from kept:a, version 1, of \d{4}-\d\d-\d\d\.$/),
    'ok    there is read from env:THERE.',
    expect.stringContaining('fail  wrongKey cannot be read (value): The secret wrongKey is a plain text in kept:a'),
    expect.stringContaining('fail  wrongPath cannot be read (path): '),
    expect.stringContaining('fail  wrongVersion cannot be read (version): '),
    expect.stringContaining('warn  standIn is not in env:NOT_THERE, and the default'),
    expect.stringContaining('fail  lost cannot be read (path): '),
    'warn  good, there, wrongKey, wrongPath, wrongVersion, standIn, lost have no owner.',
    '7 secrets: 3 can be read, 4 cannot',
    '',
  ]);
  expect(found.stdout).toContain('→ Did you mean paymentKey?');
  const one = await runHere(['secrets', 'doctor', 'there', '--json'], { cwd, env: given });
  expect([one.code, JSON.parse(one.stdout)]).toEqual([
    0,
    {
      stores: {
        kept: { state: 'healthy' },
        env: { state: 'healthy' },
        lost: { state: 'down', detail: expect.any(String) },
      },
      secrets: [
        {
          name: 'there',
          reference: 'env:THERE',
          store: 'env',
          state: 'ok',
          message: 'there is read from env:THERE',
          warnings: [{ rule: 'secret-without-owner', message: 'has no owner' }],
        },
      ],
    },
  ]);
  const closed = await runHere(['secrets', 'doctor', 'good'], { cwd, env: {} });
  expect(closed.stdout).toContain('good cannot be read (sign-in): The file of secrets cannot be opened');
});

test('the doctor tells age, owner, last use and last failure, and warns of what nobody looks after', async () => {
  const cwd = folderWith({
    ...kept,
    refs: {
      old: { ref: 'kept:old', owner: 'team payments', maxAgeDays: 30 },
      young: { ref: 'kept:young', owner: 'ann', maxAgeDays: 30 },
      ageless: { ref: 'env:THERE', owner: 'ann', maxAgeDays: 30 },
      orphan: 'kept:young',
    },
  });
  const file = await SecretFile.create(join(cwd, 'secrets.json'), { passphrase: PASSPHRASE });
  const longAgo = new Date(Date.now() - 41 * 24 * 60 * 60 * 1_000);
  file.with('old', VALUE, longAgo).with('young', VALUE, new Date());
  const path = join(cwd, '.quality-hub', 'audit', 'run-1', 'w1.jsonl');
  const trail = new AuditTrail({ path, runId: 'run-1', writer: 'w1', now: () => new Date('2026-11-22T12:30:00Z') });
  trail.add({ action: 'read', name: 'old', by: 'pays' });
  trail.add({ action: 'failed', name: 'old', by: 'pays twice', why: 'HTTP 401 from payments' });
  const given = { ...env, THERE: VALUE };
  const found = await runHere(['secrets', 'doctor'], { cwd, env: given });
  expect(found.code, 'warnings are none').toBe(0);
  const flat = found.stdout.replaceAll(/\n {6}(?! *→)/g, ' ');
  expect(flat).toContain(
    'owner team payments; last used 2026-11-22 12:30 UTC by "pays"; last failed 2026-11-22 12:30 UTC by "pays twice" (HTTP 401 from payments).',
  );
  expect(flat).toMatch(/warn {2}old is older than 30 days: it is of \d{4}-\d\d-\d\d, 41 days ago\.\n/);
  expect(flat).toContain('warn  ageless may be older than 30 days: its store does not tell.\n');
  expect(flat).toContain('warn  orphan has no owner.\n      → Say who looks after it: orphan: { ref: …, owner: … }.\n');
  const { stdout } = await runHere(['secrets', 'doctor', 'old', '--json'], { cwd, env: given });
  expect(JSON.parse(stdout).secrets).toEqual([
    {
      name: 'old',
      reference: 'kept:old',
      store: 'kept',
      owner: 'team payments',
      version: '1',
      createdAt: longAgo.toISOString(),
      ageDays: 41,
      state: 'ok',
      message: expect.any(String),
      warnings: [{ rule: 'secret-too-old', message: expect.stringMatching(/^is older than 30 days/) }],
      lastUses: {
        used: { at: '2026-11-22T12:30:00.000Z', action: 'read', by: 'pays', runId: 'run-1' },
        failed: {
          at: '2026-11-22T12:30:00.000Z',
          action: 'failed',
          by: 'pays twice',
          why: 'HTTP 401 from payments',
          runId: 'run-1',
        },
      },
    },
  ]);
});

/** Three secrets with a schedule in an encrypted file: one old, one young, and one in the environment. */
async function withSchedules() {
  const rotate = { everyDays: 30 };
  const cwd = folderWith({
    ...kept,
    refs: {
      old: { ref: 'kept:old#key', rotate },
      alsoOld: { ref: 'kept:old#other', rotate: { everyDays: 90, length: 40 } },
      young: { ref: 'kept:young', rotate },
      elsewhere: { ref: 'env:THERE', rotate },
      plain: 'kept:young',
    },
  });
  const path = join(cwd, 'secrets.json');
  const longAgo = new Date(Date.now() - 41 * 24 * 60 * 60 * 1_000);
  const file = await SecretFile.create(path, { passphrase: PASSPHRASE });
  file.with('old', { key: VALUE, other: VALUE }, longAgo).with('young', VALUE, new Date());
  const given = { ...env, THERE: VALUE };
  const rotated = (...args: string[]) => runHere(['secrets', 'rotate', ...args], { cwd, env: given });
  return { cwd, given, rotated, open: () => SecretFile.open(path, { passphrase: PASSPHRASE }) };
}

test('secrets whose time has come get a new value, which the audit trail tells and nobody sees', async () => {
  const { cwd, given, rotated, open } = await withSchedules();
  const lines = ({ stdout }: { stdout: string }) => stdout.replaceAll(/\n {6}(?! *→)/g, ' ').split('\n');
  const tried = await rotated('--due', '--dry-run');
  expect([tried.code, lines(tried)]).toEqual([
    1,
    [
      'due   old would get a new value: it is 41 days old, and is rotated every 30 days.',
      'due   alsoOld would get a new value: it is 41 days old, and is rotated every 90 days.',
      'ok    young stays: it is 0 days old, and is rotated every 30 days.',
      'fail  elsewhere may be due: its store does not tell how old it is.',
      '      → Rotate it by its name, or keep it where the store tells.',
      '4 secrets: 2 would be rotated, 1 not due, 1 failed',
      '',
    ],
  ]);
  expect((await open()).versions('old')).toHaveLength(1);
  expect(readdirSync(cwd)).not.toContain('.quality-hub');

  const done = await rotated('--due');
  expect([done.code, lines(done).slice(0, 3)]).toEqual([
    1,
    [
      'ok    old has a new value in kept:old#key, as version 2; the one before is kept:old#key@previous.',
      'ok    alsoOld has a new value in kept:old#other, as version 2; the one before is kept:old#other@previous.',
      'ok    young stays: it is 0 days old, and is rotated every 30 days.',
    ],
  ]);
  const { key, other } = (await open()).value('old', '2') as { key: string; other: string };
  expect([key.length, other.length, (await open()).value('old', '1')]).toEqual([32, 40, { key: VALUE, other: VALUE }]);
  expect(done.stdout).not.toContain(key);
  const [run = ''] = readdirSync(join(cwd, '.quality-hub', 'audit'));
  const trail = readFileSync(join(cwd, '.quality-hub', 'audit', run, `${run}.jsonl`), 'utf8');
  expect(trail).not.toContain(key);
  expect(
    trail
      .trim()
      .split('\n')
      .map(line => JSON.parse(line)),
  ).toMatchObject([
    { action: 'written', name: 'old', store: 'kept', version: '2', by: 'quality-hub secrets rotate' },
    { action: 'written', name: 'alsoOld', version: '2' },
  ]);
  expect((await runHere(['audit', 'verify'], { cwd, env: given })).stdout).toContain('1 trail, all whole');
  const doctor = await runHere(['secrets', 'doctor', 'old', '--json'], { cwd, env: given });
  expect(JSON.parse(doctor.stdout).secrets[0]).toMatchObject({
    ageDays: 0,
    lastUses: { written: { action: 'written' } },
  });
  expect((await rotated('--due')).stdout).toContain('4 secrets: 0 rotated, 3 not due, 1 failed');
});

test('a secret that is named gets a new value whatever its age, and JSON tells what became of each', async () => {
  const { rotated, open } = await withSchedules();
  const one = await rotated('young');
  expect([one.code, one.stdout.includes('1 secret: 1 rotated')]).toEqual([0, true]);
  expect((await open()).versions('young')).toHaveLength(2);
  const { code, stdout } = await rotated('elsewhere', 'young', '--json');
  expect([code, JSON.parse(stdout)]).toEqual([
    1,
    {
      secrets: [
        {
          name: 'elsewhere',
          state: 'failed',
          message:
            'was not rotated: The secret elsewhere cannot be rotated: a store of the kind environment cannot be written',
          remedy: 'Rotate it where it is kept',
        },
        { name: 'young', state: 'rotated', version: '3', message: expect.any(String) },
      ],
    },
  ]);
});

test('that the audit trail could not be written is a failure, and says that the value is another one', async () => {
  const { cwd, rotated, open } = await withSchedules();
  mkdirSync(join(cwd, '.quality-hub'));
  writeFileSync(join(cwd, '.quality-hub', 'audit'), 'no folder');
  const { code, stdout } = await rotated('young', '--json');
  expect([code, JSON.parse(stdout).secrets]).toMatchObject([
    1,
    [
      {
        state: 'failed',
        version: '2',
        message: expect.stringMatching(/has a new value .* audit trail does not tell it: /),
      },
    ],
  ]);
  expect((await open()).versions('young')).toHaveLength(2);
});

test('rotate is told what is wrong with it before anything is written', async () => {
  const { cwd, rotated, open } = await withSchedules();
  const said = async (...args: string[]) => {
    const { code, stderr } = await rotated(...args);
    return [code, stderr];
  };
  expect(await said()).toEqual([2, expect.stringContaining('Name them, or say --due')]);
  expect(await said('yuong')).toEqual([2, expect.stringContaining('did you mean "young"?')]);
  expect(await said('plain', 'young')).toEqual([2, expect.stringContaining('plain has no rotate')]);
  const config = join(cwd, 'quality-hub.config.json');
  writeFileSync(config, readFileSync(config, 'utf8').replace('"length":40', '"length":4'));
  expect(await said('young')).toEqual([
    1,
    expect.stringContaining('secrets.refs.alsoOld.rotate.length is 4, too small'),
  ]);
  expect((await open()).versions('young')).toHaveLength(1);
  const bare = mkdtempSync(join(tmpdir(), 'qh-secrets-'));
  mkdirSync(join(bare, '.git'));
  const none = await runHere(['secrets', 'rotate', '--due'], { cwd: bare, env });
  expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('There is no configuration here')]);
  const closed = await runHere(['secrets', 'rotate', 'young'], { cwd, env: {} });
  expect(closed.code).toBe(1);
});

test('the real command reads the pipe', async () => {
  const cwd = folderWith();
  const { code, stderr } = await runBin(['secrets', 'list', '--file', 'none.json'], { cwd, env });
  expect([code, stderr]).toEqual([1, expect.stringContaining('none.json cannot be read (ENOENT)')]);
});
