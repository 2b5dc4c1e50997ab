import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { runInline } from '@quality-hub/testkit';
import { expect, onTestFinished, test } from 'vitest';
import { checkConfiguration } from './check-configuration.ts';

function folder(files: Readonly<Record<string, string>> = {}): string {
  const path = mkdtempSync(join(tmpdir(), 'qh-check-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  mkdirSync(join(path, '.git'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return path;
}

const SPEC = `
import { test, needs } from '@quality-hub/test';
test('calls', async ({ api }) => { await api.get('/'); });
test('needs', needs({ healthy: 'payments' }), () => {});
test('does neither', () => {});`;

test('a broken configuration is told before the run, and who needs it fails with the same sentence', async () => {
  await using run = await runInline({
    'quality-hub.config.ts': `export default { clientz: {}, policies: { quick: { timeoutMs: 'fast' } } };`,
    'a.spec.ts': SPEC,
  });
  const sentence =
    /quality-hub\.config\.ts has 2 problems:\n- there is no section clientz; did you mean clients\?\n- policies\.quick\.timeoutMs is "fast", expected number, received string/;
  const first = run.output.search(sentence);
  expect(first, run.output).toBeGreaterThan(-1);
  expect(first).toBeLessThan(run.output.indexOf('a.spec.ts'));
  const report = await run.report();
  expect(report.counts).toMatchObject({ passed: 1, failed: 2 });
  for (const { message } of report.failures) expect(message).toMatch(sentence);
  expect(run.output.slice(run.output.lastIndexOf('Quality Hub:'))).toMatch(sentence);
});

test('a suite that uses nothing of a broken configuration passes', async () => {
  await using run = await runInline({
    'quality-hub.config.ts': `throw new Error('no host');`,
    'a.spec.ts': `import { test } from '@quality-hub/test'; test('passes', () => {});`,
  });
  expect(run.exitCode, run.output).toBe(0);
  expect(run.output).toContain('cannot be loaded: no host');
});

test('without a configuration nothing of it is loaded', async () => {
  const script = `
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context); } });
    const { checkConfiguration } = await import(${JSON.stringify(new URL('./check-configuration.ts', import.meta.url).href)});
    console.log(JSON.stringify([await checkConfiguration(${JSON.stringify(folder())}), loaded]));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    cwd: folder(),
  });
  const [found, loaded] = JSON.parse(stdout) as [object, string[]];
  expect(found).toEqual({});
  expect(loaded.filter(url => /\/(?:zod|clients|runtime|resilience)\//.test(url))).toEqual([]);
});

test('a configuration that never loads does not hold the run up', async () => {
  const dir = folder({ 'quality-hub.config.mjs': 'await new Promise(() => {}); export default {};' });
  expect(await checkConfiguration(dir, 200)).toEqual({
    sentence: 'The configuration is not checked: it took more than 200 ms to load',
  });
});

test('a folder with two configurations is trouble', async () => {
  const dir = folder({ 'quality-hub.config.mjs': '', 'quality-hub.config.json': '{}' });
  expect(await checkConfiguration(dir)).toMatchObject({ trouble: { code: 'QH_CONFIG_LOAD' } });
});
