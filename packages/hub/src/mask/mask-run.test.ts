import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createMask, type HubFolder } from '@quality-hub/telemetry';
import { expect, test } from 'vitest';
import { openHub } from '../index.ts';
import { newHubFolder } from '../testing/new-hub-folder.ts';
import { SampleWriter } from '../testing/sample-run.ts';
import { maskSpoolLine } from './mask-record.ts';
import { maskRun } from './mask-run.ts';

const SECRET = 'swordfish-4711-Kq';
const SHORT = 'Kq7-xZ';
const mask = createMask({ values: [SECRET, SHORT, '40817263'] });

function hits(folder: HubFolder): string[] {
  const files = readdirSync(folder.path, { recursive: true, encoding: 'utf8' });
  return files.filter(name => {
    const path = join(folder.path, name);
    return statSync(path).isFile() && mask.find(readFileSync(path, 'latin1')).length > 0;
  });
}

function leakingRun(folder: HubFolder, runId: string, { shard = 1, isEnded = true } = {}): SampleWriter {
  const writer = new SampleWriter(folder, { runId, shard, shards: shard, writer: `r-${runId}-${shard}` });
  writer.begin([`buys with ${SECRET}`, 'pays']).attempt('pays', {
    status: 'failed',
    errors: [{ message: `Error: expected "${SECRET}"\n  at line\n${'long '.repeat(2_000)}${SECRET}` }],
    annotations: [{ type: `key ${SHORT}` }],
  });
  writer.spool.append({ kind: 'output', at: '', stream: 'stdout', text: `said ${SECRET}\n` } as never);
  return (isEnded ? writer.end('failed') : writer).flush();
}

test('what was learned late is in no byte of spool and database, and all else can still be read', async () => {
  const folder = newHubFolder();
  leakingRun(folder, 'run-1');
  leakingRun(folder, 'run-0');
  const hub = openHub({ folder });
  await hub.catchUp();
  const before = await hub.report('run-1');
  await hub.close();
  expect(hits(folder)).toEqual(expect.arrayContaining(['hub.db', join('spool', 'run-1', 'r-run-1-1.ndjson')]));
  const sizes = () =>
    readdirSync(join(folder.spools, 'run-1')).map(name => statSync(join(folder.spools, 'run-1', name)).size);
  const size = sizes();

  const masked = await maskRun({ folder, runId: 'run-1', mask });
  expect(masked.files).toEqual([join(folder.spools, 'run-1', 'r-run-1-1.ndjson')]);
  expect(masked.rows).toBeGreaterThan(4);
  expect(masked.left).toEqual([]);
  // Another run had the value as well: its spool is its own business, the database is one file.
  expect(hits(folder)).toEqual([join('spool', 'run-0', 'r-run-0-1.ndjson')]);
  expect(sizes()).toEqual(size);

  const again = openHub({ folder });
  await again.catchUp();
  const after = await again.report('run-1');
  await again.close();
  expect(after.delivery).toEqual(before.delivery);
  expect(after.counts).toEqual(before.counts);
  expect(JSON.stringify(after)).toContain('[masked]');
  expect(await maskRun({ folder, runId: 'run-1', mask })).toEqual({ files: [], rows: 0, left: [] });
});

test('the spool of another shard is left alone while it runs, and a spool without a database is masked too', async () => {
  const folder = newHubFolder();
  const spool = (shard: number): string => join(folder.spools, 'run-1', `r-run-1-${shard}.ndjson`);
  const first = leakingRun(folder, 'run-1', { shard: 1, isEnded: false });
  leakingRun(folder, 'run-1', { shard: 2 });
  leakingRun(folder, 'run-1', { shard: 3 });
  expect([...(await maskRun({ folder, runId: 'run-1', mask, shard: 2 })).files].sort()).toEqual([spool(2), spool(3)]);
  expect(hits(folder)).toEqual([join('spool', 'run-1', 'r-run-1-1.ndjson')]);
  first.end('failed').flush();
  expect((await maskRun({ folder, runId: 'run-1', mask, shard: 1 })).files).toEqual([spool(1)]);
  expect(hits(folder)).toEqual([]);
  expect(await maskRun({ folder, runId: 'unknown', mask })).toMatchObject({ files: [] });
});

test.each([
  [{ a: SECRET, n: 40817263, [SHORT]: 1 }],
  [{ a: `\n${SHORT}`, deep: { list: [1, null, `x${SHORT}${SHORT}`] } }],
  [{ v: 1, runId: SHORT, kind: 'output', text: `é ${SECRET} é` }],
])('a masked line has as many bytes, is JSON, and says what it is: %j', event => {
  const line = JSON.stringify(event);
  const masked = maskSpoolLine(line, mask);
  expect(Buffer.byteLength(masked)).toBe(Buffer.byteLength(line));
  const parsed = JSON.parse(masked) as typeof event;
  expect('runId' in event ? { ...parsed, runId: '' } : parsed).toSatisfy(
    (value: unknown) => mask.find(JSON.stringify(value)).length === 0,
  );
  if ('runId' in event) expect(parsed).toMatchObject({ runId: SHORT, kind: 'output' });
});

test('a file that cannot be written again stays as it was, and is named', async () => {
  const folder = newHubFolder();
  leakingRun(folder, 'run-1');
  const path = join(folder.spools, 'run-1', 'r-run-1-1.ndjson');
  const before = readFileSync(path, 'utf8');
  writeFileSync(`${path}.${process.pid}.masked`, 'of somebody else');
  await expect(maskRun({ folder, runId: 'run-1', mask })).rejects.toMatchObject({
    code: 'QH_SPOOL',
    message: expect.stringContaining(`Cannot mask the spool ${path}: EEXIST`),
  });
  expect(readFileSync(path, 'utf8')).toBe(before);
});

test('while somebody reads an old state of the database, the values that are in it still are told', async () => {
  const folder = newHubFolder();
  leakingRun(folder, 'run-1');
  const hub = openHub({ folder });
  await hub.catchUp();
  await hub.close();
  const reader = new DatabaseSync(folder.database);
  reader.exec('BEGIN');
  reader.prepare('SELECT count(*) FROM output').get();
  expect((await maskRun({ folder, runId: 'run-1', mask, busyMs: 20 })).left).toEqual([folder.database]);
  reader.close();
  expect(await maskRun({ folder, runId: 'run-1', mask })).toMatchObject({ left: [] });
  expect(hits(folder)).toEqual([]);
});

test('what is no JSON is masked as a text, a torn line goes, and what is clean is not touched', async () => {
  const folder = newHubFolder();
  leakingRun(folder, 'run-1');
  const path = join(folder.spools, 'run-1', 'r-run-1-1.ndjson');
  writeFileSync(path, `no json ${SECRET}\n{"torn":"${SECRET}`, { flag: 'a' });
  await maskRun({ folder, runId: 'run-1', mask });
  const text = readFileSync(path, 'utf8');
  expect(text).toContain('no json [masked]');
  expect(mask.find(text)).toEqual([]);
  const clean = '{"v":1,"text":"nothing"}';
  expect(maskSpoolLine(clean, mask)).toBe(clean);
  expect(maskSpoolLine(SHORT, mask)).toBe('***   ');
});
