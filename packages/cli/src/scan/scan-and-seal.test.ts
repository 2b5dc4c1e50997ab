import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SecretFile } from '@quality-hub/secrets';
import { keepValues } from '@quality-hub/telemetry';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { recordRun } from '../testing/record-run.ts';
import { runBin } from '../testing/run-bin.ts';
import { runHere } from '../testing/run-here.ts';

const SECRET = 'swordfish-4711';
const TOKEN = `${'npm'}_aB3dE6gH9jK2mN5pQ8rS1tU4vW7xY0zA1bC2`;
const env = { SHOP_PASSWORD: SECRET };

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'qh-scan-'));
  mkdirSync(join(cwd, 'test-results'));
});
afterEach(() => rmSync(cwd, { recursive: true }));

const put = (path: string, text: string): void => writeFileSync(join(cwd, path), text);

test('scan tells file, line, rule and two characters, and its exit code tells that something was found', async () => {
  put('test-results/a.log', `fine\npassword is ${SECRET}\n${TOKEN}\n`);
  const { code, stdout, stderr } = await runBin(['scan'], { cwd, env });
  expect([code, stderr]).toEqual([1, '']);
  expect(stdout).toBe(
    [
      'test-results/a.log:2  known-value  value that is known to be secret (sw… 14 characters)',
      'test-results/a.log:3  npm-token  token of npm (np… 40 characters)',
      '2 findings in 1 file; looked for 1 known value.\n',
    ].join('\n'),
  );
});

test('nothing found is 0, and --fail-on decides what counts', async () => {
  put('test-results/a.log', 'clean');
  const clean = await runHere(['scan'], { cwd, env });
  expect([clean.code, clean.stdout]).toEqual([0, 'Nothing in 1 file; looked for 1 known value.\n']);
  put('test-results/a.log', `${TOKEN} from http://shop.io NL91 ABNA 0417 1643 00`);
  const codeOf = async (...args: string[]): Promise<number> => (await runHere(['scan', ...args], { cwd, env })).code;
  expect(await codeOf('--fail-on', 'known')).toBe(0);
  expect(await codeOf('--fail-on', 'patterns')).toBe(1);
  expect(await codeOf('--fail-on', 'none', '--compliance', 'all')).toBe(0);
  put('test-results/a.log', 'NL91 ABNA 0417 1643 00');
  expect(await codeOf()).toBe(0);
  expect(await codeOf('--compliance', 'iban,card-number')).toBe(1);
  expect(await codeOf('--compliance', 'iban', '--fail-on', 'patterns')).toBe(0);
});

test('--json and --sarif have paths from here, and never a value', async () => {
  put('test-results/a.log', SECRET);
  const { stdout } = await runHere(['scan', 'test-results', '--json', '--sarif', 'out.sarif'], { cwd, env });
  expect(JSON.parse(stdout)).toMatchObject({
    findings: [{ path: 'test-results/a.log', rule: 'known-value', line: 1 }],
    omitted: 0,
    files: 1,
    unread: [],
  });
  const sarif = readFileSync(join(cwd, 'out.sarif'), 'utf8');
  expect(sarif).toContain('"uri": "test-results/a.log"');
  expect(stdout + sarif).not.toContain(SECRET);
});

test('values of named variables, and those that a run keeps, are known as well', async () => {
  const hub = join(cwd, '.quality-hub');
  recordRun(hub, { runId: 'going', tests: [] });
  keepValues(
    { spoolFolder: join(hub, 'spool', 'going') },
    { shard: 1, writer: 'w', values: ['kept-by-the-run'], env: {} },
  );
  put('test-results/a.log', 'PIN 9182-ab kept-by-the-run');
  const { stdout } = await runHere(['scan', '--mask-env', 'PIN'], { cwd, env: { PIN: '9182-ab' } });
  expect(stdout).toContain('2 findings in 1 file; looked for 2 known values.');
});

/** A configuration with an old secret in an encrypted file. */
async function oldSecret(refs: object): Promise<NodeJS.ProcessEnv> {
  mkdirSync(join(cwd, '.git'));
  const secrets = { stores: { kept: { kind: 'file', path: 'secrets.json' } }, refs };
  put('quality-hub.config.json', JSON.stringify({ secrets }));
  const passphrase = 'several words of a suite';
  const longAgo = new Date(Date.now() - 41 * 24 * 60 * 60 * 1_000);
  (await SecretFile.create(join(cwd, 'secrets.json'), { passphrase })).with('payment', SECRET, longAgo);
  put('test-results/a.log', 'clean');
  return { QUALITY_HUB_SECRETS_PASSPHRASE: passphrase };
}

test('secrets of the configuration without an owner, and past their age, are findings', async () => {
  const given = await oldSecret({
    old: { ref: 'kept:payment', owner: 'ann', maxAgeDays: 30 },
    young: { ref: 'kept:payment', owner: 'ann', maxAgeDays: 60 },
    orphan: 'env:NOT_THERE',
  });
  const both = ['--compliance', 'secret-without-owner,secret-too-old'];
  const { code, stdout, stderr } = await runHere(['scan', ...both], { cwd, env: given });
  expect([code, stderr]).toEqual([1, '']);
  expect(stdout.split('\n')).toEqual([
    expect.stringMatching(
      /^quality-hub\.config\.json {2}secret-too-old {2}secret old is older than 30 days: it is of [\d-]+, 41 days ago \(kept:payment\)$/,
    ),
    'quality-hub.config.json  secret-without-owner  secret orphan has no owner (env:NOT_THERE)',
    expect.stringMatching(/^2 findings in 1 file;/),
    '',
  ]);
  const all = await runHere(['scan', '--compliance', 'all', '--json', '--sarif', 'o.sarif'], { cwd, env: given });
  expect(JSON.parse(all.stdout).findings).toMatchObject([{ rule: 'secret-too-old' }, { rule: 'secret-without-owner' }]);
  const [{ results, tool }] = JSON.parse(readFileSync(join(cwd, 'o.sarif'), 'utf8')).runs;
  expect(tool.driver.rules[results[0].ruleIndex].id).toBe('secret-too-old');
  const owners = await runHere(['scan', '--compliance', 'secret-without-owner'], { cwd, env: {} });
  expect([owners.stdout.includes('1 finding in'), owners.stderr], 'no store is asked').toEqual([true, '']);
  rmSync(join(cwd, 'test-results'), { recursive: true });
  const before = await runHere(['scan', ...both], { cwd, env: given });
  expect([before.code, before.stdout.split('\n').at(-2)], 'there need not be results yet').toEqual([
    1,
    expect.stringMatching(/^2 findings in 0 files;/),
  ]);
});

test('an age that cannot be had, and a configuration that cannot be loaded, are told in one sentence', async () => {
  await oldSecret({ old: { ref: 'kept:payment', owner: 'ann', maxAgeDays: 30 } });
  const age = ['scan', '--compliance', 'secret-too-old'];
  const closed = await runHere(age, { cwd });
  expect([closed.code, closed.stderr]).toEqual([
    1,
    expect.stringMatching(
      /^quality-hub\.config\.json was not looked into: the age of old is not known: The file of .*\n$/,
    ),
  ]);
  put('quality-hub.config.json', '{ "secrets": ');
  const broken = await runHere(age, { cwd });
  expect(broken.code).toBe(1);
  expect(broken.stderr).toMatch(/^\S+ was not looked into: its configuration cannot be used: [^\n]+\n$/);
  expect((await runHere(['scan'], { cwd })).stderr, 'nobody has asked').toBe('');
});

test('without secrets in a configuration, all rules have nothing to say, and those that are named say so', async () => {
  put('test-results/a.log', 'clean');
  mkdirSync(join(cwd, '.git'));
  expect(await runHere(['scan', '--compliance', 'all'], { cwd })).toMatchObject({ code: 0, stderr: '' });
  const named = await runHere(['scan', '--compliance', 'secret-too-old'], { cwd });
  expect(named.stderr).toBe(`${cwd} was not looked into: there is no configuration of Quality Hub.\n`);
  put('quality-hub.config.json', '{}');
  const empty = await runHere(['scan', '--compliance', 'secret-too-old'], { cwd });
  expect(empty.stderr).toBe('quality-hub.config.json was not looked into: it names no secrets in secrets.refs.\n');
});

test('half of a zip file was not looked into, which is told', async () => {
  put('test-results/half.zip', 'PK\u0003\u0004');
  const { code, stderr } = await runHere(['scan'], { cwd });
  expect([code, stderr]).toEqual([
    1,
    'test-results/half.zip was not looked into: it is no zip file that can be read.\n',
  ]);
});

test('seal masks what is here and verifies it', async () => {
  put('test-results/a.log', SECRET);
  put('results.xml', `<a>${SECRET}</a>`);
  const { code, stdout } = await runBin(['seal', 'test-results', 'results.xml'], { cwd, env });
  expect([code, stdout]).toEqual([
    0,
    `Masked ${join(cwd, 'test-results', 'a.log')}\nMasked ${join(cwd, 'results.xml')}\n2 files masked; looked for 1 known value.\n`,
  ]);
  expect(readFileSync(join(cwd, 'results.xml'), 'utf8')).toBe('<a>[masked]</a>');
  expect((await runHere(['scan', 'test-results', 'results.xml'], { cwd, env })).code).toBe(0);
});

test('seal masks what the last run has recorded, and leaves one alone that goes on', async () => {
  const hub = join(cwd, '.quality-hub');
  const errors = [{ message: `Error: ${SECRET} is wrong` }];
  const spool = (runId: string): string => readFileSync(join(hub, 'spool', runId, `r-${runId}.ndjson`), 'utf8');
  recordRun(hub, { runId: 'ended', tests: [], end: 'failed', errors });
  expect((await runHere(['seal'], { cwd, env })).code).toBe(0);
  expect(spool('ended')).toContain('Error: [masked] is wrong');
  expect(readFileSync(join(hub, 'hub.db'), 'latin1')).not.toContain(SECRET);
  recordRun(hub, { runId: 'goes-on', tests: [], errors, pid: process.pid, startedAt: new Date().toISOString() });
  expect((await runHere(['seal'], { cwd, env })).code).toBe(0);
  expect(spool('goes-on')).toContain(SECRET);
});

test('seal fails on a value that is still there, unless it shall only warn', async () => {
  put(`test-results/${SECRET}.log`, 'clean');
  put('test-results/half.zip', 'PK\u0003\u0004');
  const failed = await runHere(['seal'], { cwd, env });
  expect(failed.code).toBe(1);
  expect(failed.stderr).toContain(
    'still holds a value that is known to be secret, in the name of the file (sw… 14 characters)',
  );
  expect(failed.stderr).toContain('half.zip may hold a secret: it is no zip file that can be read.');
  rmSync(join(cwd, 'test-results', 'half.zip'));
  expect((await runHere(['seal', '--verify', 'warn'], { cwd, env })).code).toBe(0);
  const json = await runHere(['seal', '--verify', 'off', '--json', '--budget-seconds', '5'], { cwd, env });
  expect(JSON.parse(json.stdout)).toEqual({
    changed: [],
    left: [],
    aside: [],
    troubles: [],
    findings: [],
    isVerified: true,
  });
});

test.each([
  [['scan', 'nowhere'], 'There is no nowhere in'],
  [['scan', '--compliance', 'ibann'], '--compliance names "ibann", which is no rule; did you mean "iban"?'],
  [['scan', '--fail-on', 'pattern'], '--fail-on is "pattern"; did you mean "patterns"?'],
  [['scan', '--mask-env', 'NOT_THERE'], '--mask-env names NOT_THERE, which is not set.'],
  [['seal', '--verify', 'maybe'], '--verify is "maybe"'],
  [['seal', '--budget-seconds', '0'], '--budget-seconds is "0"'],
])('%j is wrong use', async (args, sentence) => {
  const { code, stderr } = await runHere(args, { cwd });
  expect(code).toBe(2);
  expect(stderr).toContain(sentence);
});

test('without any of the usual folders the paths have to be named', async () => {
  rmSync(join(cwd, 'test-results'), { recursive: true });
  const { code, stderr } = await runHere(['scan'], { cwd });
  expect([code, stderr.includes('None of test-results, playwright-report')]).toEqual([2, true]);
});

test('--secrets: what the configuration names is looked for and masked, with its parts; what cannot be read is told', async () => {
  const passphrase = await oldSecret({ paymentKey: 'kept:payment', shopDb: 'env:SHOP_DB', other: 'env:NOT_THERE' });
  const given = { ...passphrase, SHOP_DB: '{"user":"ann of the shop","pin":"teapot-4711"}' };
  put('test-results/a.log', `${SECRET} and teapot-4711`);
  expect((await runHere(['scan'], { cwd, env: given })).stdout).toContain('Nothing in 1 file');
  const scanned = await runHere(['scan', '--secrets'], { cwd, env: given });
  expect(scanned.code).toBe(1);
  expect(scanned.stdout).toContain('2 findings in 1 file');
  expect(scanned.stderr).toMatch(
    /^quality-hub\.config\.json was not looked into: other is not looked for: .*NOT_THERE/,
  );
  const sealed = await runHere(['seal', '--secrets'], { cwd, env: given });
  expect([sealed.code, readFileSync(join(cwd, 'test-results/a.log'), 'utf8')]).toEqual([1, '[masked] and [masked]']);
  expect(sealed.stderr).toContain('other is not looked for');
  expect(`${scanned.stdout}${scanned.stderr}${sealed.stdout}${sealed.stderr}`).not.toContain('4711');
});
