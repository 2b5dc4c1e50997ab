import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ResolvedConfig, resolveConfig } from '@quality-hub/config';
import * as door from '@quality-hub/config/hand-over';
import { runInline } from '@quality-hub/testkit';
import { expect, onTestFinished, test } from 'vitest';
import { HandedConfiguration } from './handed-configuration.ts';

interface Handed {
  readonly handed: HandedConfiguration | undefined;
  readonly configDir: string;
  readonly news: string[];
  write(text: string): void;
}

async function hand(text: string): Promise<Handed> {
  const configDir = mkdtempSync(join(tmpdir(), 'qh-handed-'));
  const write = (content: string): void => writeFileSync(join(configDir, 'quality-hub.config.json'), content);
  mkdirSync(join(configDir, '.git'));
  write(text);
  const resolved = (await resolveConfig({ from: configDir, env: {} })) as ResolvedConfig;
  const news: string[] = [];
  const spoolFolder = join(configDir, '.quality-hub', 'spool', 'run-1');
  const onNews = (sentence: string): void => void news.push(sentence);
  const handed = HandedConfiguration.write({ resolved, configDir, spoolFolder, shard: 2, onNews }, door);
  onTestFinished(() => {
    handed?.end();
    rmSync(configDir, { recursive: true, force: true });
  });
  return { handed, configDir, news, write };
}

const values = async (handed: HandedConfiguration | undefined): Promise<unknown> =>
  handed && (await door.readHandOver(handed.handoff)).values;

test('what is handed over follows the files until the end, and is gone then', async () => {
  const { handed, configDir, news, write } = await hand('{ "values": { "a": 1, "b": 1, "c": 1, "d": 1 } }');
  expect(handed?.handoff.file).toBe(join(configDir, '.quality-hub', 'configs', 'run-1.2'));
  await handed?.follow();
  write('{ "values": { "a": 2, "b": 2, "c": 2, "d": 2 }, "policies": { "quick": { "retry": 1 } } }');
  await expect.poll(() => news).toHaveLength(1);
  expect(news).toEqual([
    'quality-hub.config.json was changed while tests ran: tests that begin after it have the new a, b, c and 2 more; clients and databases change in workers that start from now on',
  ]);
  expect(await values(handed)).toEqual({ a: 2, b: 2, c: 2, d: 2 });

  write('{ "polices": {} }');
  await expect.poll(() => news).toHaveLength(2);
  expect(news[1]).toMatch(
    /was changed while tests ran, and is wrong; what it said before goes on\. .*did you mean policies\?/s,
  );
  expect(await values(handed)).toEqual({ a: 2, b: 2, c: 2, d: 2 });
  handed?.end();
  expect(existsSync(handed?.handoff.file ?? '')).toBe(false);
});

test('what killed runs have left is removed after a week', async () => {
  const { configDir, handed } = await hand('{}');
  const folder = join(configDir, '.quality-hub', 'configs');
  for (const [name, days] of [
    ['old.1', 8],
    ['young.1', 1],
  ] as const) {
    writeFileSync(join(folder, name), '');
    const at = Date.now() / 1_000 - days * 86_400;
    utimesSync(join(folder, name), at, at);
  }
  const resolved = (await resolveConfig({ from: configDir, env: {} })) as ResolvedConfig;
  const spoolFolder = join(configDir, '.quality-hub', 'spool', 'run-2');
  HandedConfiguration.write({ resolved, configDir, spoolFolder, shard: 1, onNews: () => {} }, door);
  expect(readdirSync(folder).sort()).toEqual(['run-1.2', 'run-2.1', 'young.1']);
  expect(await values(handed)).toEqual({});
});

test('where files cannot be watched the run goes on without', async () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'qh-handed-'));
  onTestFinished(() => rmSync(elsewhere, { recursive: true, force: true }));
  const { configDir, news } = await hand('{ "values": { "a": 1 } }');
  const resolved = (await resolveConfig({ from: configDir, env: {} })) as ResolvedConfig;
  const spoolFolder = join(elsewhere, 'spool', 'run-1');
  const onNews = (sentence: string): void => void news.push(sentence);
  const handed = HandedConfiguration.write({ resolved, configDir, spoolFolder, shard: 1, onNews }, door);
  rmSync(configDir, { recursive: true });
  await handed?.follow();
  expect([news, await values(handed)]).toEqual([[], { a: 1 }]);
});

test('a run that is over before its files are followed follows nothing', async () => {
  const { handed, news, write } = await hand('{ "values": { "a": 1 } }');
  handed?.end();
  await handed?.follow();
  write('{ "values": { "a": 2 } }');
  await new Promise(resolve => setTimeout(resolve, 400));
  expect(news).toEqual([]);
});

test('where nothing can be written, workers resolve the configuration by themselves', async () => {
  const spec = `import { test, expect } from '@quality-hub/test'; test('has it', ({ config }) => { expect(config).toEqual({ a: 1 }); });`;
  await using run = await runInline({
    'quality-hub.config.json': '{ "values": { "a": 1 } }',
    '.quality-hub/configs': 'a file where the folder would be',
    'a.spec.ts': spec,
  });
  expect(run.exitCode, run.output).toBe(0);
  expect(readFileSync(join(run.dir, '.quality-hub', 'configs'), 'utf8')).toContain('a file');
});

test('a layer that is worth a line is told before the run', async () => {
  await using run = await runInline({
    'quality-hub.config.mjs': `export default { version: 2, migrations: { 2: { title: 'a is b', change: ({ a }) => ({ b: a }) } } };`,
    'quality-hub.config.local.json': '{ "version": 1, "values": { "a": 1 } }',
    'a.spec.ts': `import { test, expect } from '@quality-hub/test'; test('has it', ({ config }) => { expect(config).toEqual({ b: 1 }); });`,
  });
  expect(run.exitCode, run.output).toBe(0);
  expect(run.output).toContain(
    'quality-hub.config.local.json is of version 1: `quality-hub config migrate` brings it to 2',
  );
});
