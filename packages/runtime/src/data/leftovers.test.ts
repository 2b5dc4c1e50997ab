import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { define } from '@quality-hub/data/define';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openRuntime } from '../open-runtime.ts';
import type { QualityHubConfig } from '../sections.ts';
import { leftoverWords, readLeftovers, sweepLeftovers } from './leftovers.ts';

let folder: string;
let stateFile: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'qh-leftovers-'));
  mkdirSync(join(folder, 'things'));
  stateFile = join(folder, 'state.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const anything = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value: unknown) => ({ value: value as { readonly id: string } }),
    types: undefined as unknown as { input: { id: string }; output: { id: string } },
  },
} as const;

define('leftover file', {
  schema: anything,
  input: anything,
  build: ({ unique }) => ({ id: unique('file') }),
  remove: async ({ id }, { config }) => {
    if (id === 'stuck') throw new Error('it is stuck');
    rmSync(join((config as unknown as { root: string }).root, id), { force: true });
  },
});

async function leave(names: readonly string[], config: QualityHubConfig = {}): Promise<void> {
  const runtime = await openRuntime({ config, worker: 'w-1', runId: 'run-1', stateFile });
  const ledger = await runtime.ledger();
  for (const id of names) {
    const owner = { run: 'run-1', worker: 'w-1', namespace: 'n' };
    const entry = await ledger.intend({ kind: 'leftover file', version: 1, owner, input: { id }, needs: [] });
    writeFileSync(join(folder, 'things', id), '');
    await ledger.made(entry.id, { id });
  }
  await runtime.close();
}

test('what is left behind is counted, said, and removed', async () => {
  expect(await readLeftovers({ stateFile })).toBeUndefined();
  expect(await readLeftovers({ stateFile, config: { state: { kind: 'memory' } } })).toBeUndefined();
  await leave(['one', 'stuck']);
  const backlog = await readLeftovers({ stateFile });
  expect(backlog).toMatchObject({ orphans: 2, failed: 0, byKind: { 'leftover file': 2 }, living: 0 });
  expect(leftoverWords(backlog as NonNullable<typeof backlog>)).toMatch(
    /^2 things are left behind: 2 leftover file; the oldest is \d+ seconds? old$/,
  );
  const runtime = await openRuntime({ config: {}, worker: 'w-2', runId: 'run-2', stateFile });
  const values = { root: join(folder, 'things') };
  const { results } = await sweepLeftovers(runtime, { values, timeoutMs: 5_000 });
  expect(results.map(({ entry, outcome }) => [entry.record, outcome])).toEqual(
    expect.arrayContaining([
      [{ id: 'one' }, 'gone'],
      [{ id: 'stuck' }, 'failed'],
    ]),
  );
  expect([existsSync(join(folder, 'things', 'one')), existsSync(join(folder, 'things', 'stuck'))]).toEqual([
    false,
    true,
  ]);
  await runtime.close();
  const left = await readLeftovers({ stateFile });
  expect(leftoverWords(left as NonNullable<typeof left>)).toMatch(
    /^1 thing is left behind: 1 leftover file; it is \d+ seconds? old, 1 could not be removed$/,
  );
});

test('what was created where a client leads elsewhere is not touched', async () => {
  await leave(['one'], { clients: { default: { baseURL: 'http://staging.example/' } } });
  const config: QualityHubConfig = { clients: { default: { baseURL: 'http://live.example' } } };
  const runtime = await openRuntime({ config, worker: 'w-2', runId: 'run-2', stateFile });
  const { results } = await sweepLeftovers(runtime, { values: { root: join(folder, 'things') } });
  expect(results).toMatchObject([
    {
      outcome: 'skipped',
      detail: 'it was created where api is http://staging.example, and here it is http://live.example',
    },
  ]);
  expect(existsSync(join(folder, 'things', 'one'))).toBe(true);
  await runtime.close();
});

test('nothing was written down: nothing is left, and nothing is said', async () => {
  await (await openRuntime({ config: {}, worker: 'w-1', runId: 'run-1', stateFile })).close();
  const backlog = await readLeftovers({ stateFile });
  expect(backlog).toEqual({ orphans: 0, failed: 0, byKind: {}, living: 0 });
  expect(leftoverWords(backlog as NonNullable<typeof backlog>)).toBeUndefined();
});
