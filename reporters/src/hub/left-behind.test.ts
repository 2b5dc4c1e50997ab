import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { resolveConfig } from '@quality-hub/config';
import { openRuntime } from '@quality-hub/runtime';
import { hubFolderAt } from '@quality-hub/telemetry';
import { runInline } from '@quality-hub/testkit';
import { expect, onTestFinished, test } from 'vitest';
import { leftBehind } from './left-behind.ts';

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'qh-left-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** As workers do it that end without removing what they have created. */
async function leave(folder: string, kinds: readonly string[]): Promise<void> {
  const stateFile = hubFolderAt(folder).state;
  const runtime = await openRuntime({ config: {}, worker: 'w-1', runId: 'old', stateFile });
  const ledger = await runtime.ledger();
  const owner = { run: 'old', worker: 'w-1', namespace: 'n' };
  for (const kind of kinds) {
    const { id } = await ledger.intend({ kind, version: 1, owner, input: {}, needs: [] });
    if (kind === 'order') await ledger.failed(id, 'refused');
  }
  await runtime.close();
}

async function configOf(text: string) {
  const folder = scratch();
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'quality-hub.config.ts'), `export default ${text};`);
  return resolveConfig({ from: folder, env: {} });
}

test('what is left is counted by kind, with its age', async () => {
  const folder = scratch();
  expect(await leftBehind(hubFolderAt(folder), undefined)).toEqual({});
  await leave(folder, []);
  expect(await leftBehind(hubFolderAt(folder), undefined)).toEqual({});
  await leave(folder, ['order']);
  expect((await leftBehind(hubFolderAt(folder), undefined)).words).toMatch(
    /^1 thing is left behind: 1 order; it is \d+ seconds? old, 1 could not be removed$/,
  );
  await leave(folder, ['buyer', 'buyer', 'stock', 'cart', 'mail']);
  expect((await leftBehind(hubFolderAt(folder), undefined)).words).toMatch(
    /^6 things are left behind: 2 buyer, 1 cart, 1 mail and 2 more kinds; the oldest is \d+ seconds? old, 1 could not/,
  );
});

test('the configuration says from which number on a run tells of it, and from which it fails', async () => {
  const folder = hubFolderAt(scratch());
  await leave(folder.path, ['order', 'buyer']);
  expect(await leftBehind(folder, await configOf('{ data: { backlog: { warn: 2 } } }'))).toEqual({
    leftovers: { count: 2, failed: 1, oldestMs: expect.any(Number) },
  });
  expect(await leftBehind(folder, await configOf('{ data: { backlog: { fail: 2 } } }'))).toMatchObject({
    words: expect.any(String),
  });
  expect(await leftBehind(folder, await configOf('{ data: { backlog: { warn: 9, fail: 1 } } }'))).toMatchObject({
    refusal: 'The run fails: 2 things are left behind, and data.backlog.fail allows 1',
  });
  expect(await leftBehind(folder, await configOf("{ state: { kind: 'memory' } }"))).toEqual({});
});

test('a store that cannot be read, or does not answer, is told and holds nothing back', async () => {
  const folder = hubFolderAt(scratch());
  writeFileSync(folder.state, 'no database at all, but long enough to be looked at '.repeat(100));
  await expect(leftBehind(folder, undefined)).rejects.toMatchObject({ code: 'QH_STATE_CORRUPT' });
  rmSync(folder.state);
  await leave(folder.path, ['order']);
  const other = new DatabaseSync(folder.state);
  other.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  await expect(leftBehind(folder, undefined, 20)).rejects.toThrow('did not answer within 0.02 s');
  other.close();
});

const SPEC = `
  import { test } from '@playwright/test';
  test('passes', () => {});
`;
const CONFIG = `
  import { defineConfig } from '@playwright/test';
  import { reporters } from '@quality-hub/reporters/config';
  export default defineConfig({ workers: 1, reporter: reporters([['list']]) });
`;

test('the last lines of a run tell of it, and the gate fails the run', async () => {
  const left = scratch();
  await leave(left, ['order']);
  const files = { 'a.spec.ts': SPEC, 'playwright.config.ts': CONFIG };
  const env = { QUALITY_HUB_DIR: left };
  await using told = await runInline(files, { env });
  expect(told.exitCode, told.output).toBe(0);
  expect(told.output).toContain('Leftovers    1 thing is left behind: 1 order');
  expect(told.output).toContain('npx quality-hub sweep');
  const ended = told.events.find(event => event.kind === 'run.ended');
  expect(ended).toMatchObject({ leftovers: { count: 1, failed: 1, oldestMs: expect.any(Number) } });
  const gate = { 'quality-hub.config.ts': 'export default { data: { backlog: { fail: 0 } } };' };
  await using failed = await runInline({ ...files, ...gate }, { env });
  expect(failed.exitCode, failed.output).toBe(1);
  expect(failed.output).toContain('The run fails: 1 thing is left behind');
});
