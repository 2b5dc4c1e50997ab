import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunEvent, upgradeEvent } from '@quality-hub/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SpoolReader } from './spool-reader.ts';
import { SpoolWriter } from './spool-writer.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spool-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (writer = 'r-1'): SpoolWriter =>
  new SpoolWriter({ folder: join(folder, 'run'), runId: 'run "1"', shard: 2, writer, now: () => 0 });

const seqsOf = (path: string): number[] => {
  const reader = new SpoolReader(path, { chunkBytes: 1 << 24 });
  return reader.read().lines.map(line => JSON.parse(line).seq);
};

test('events are numbered from 1, enveloped, and on disk after one flush', () => {
  const spool = open();
  expect(spool.append({ kind: 'heartbeat' })).toBe(1);
  expect(spool.append({ kind: 'output', stream: 'stdout', text: 'ä\n"' })).toBe(2);
  expect(statSync(spool.path).size).toBe(0);
  spool.flush();
  const events = new SpoolReader(spool.path).read().lines.map((line): RunEvent => upgradeEvent(JSON.parse(line)));
  expect(events).toEqual([
    { v: 2, runId: 'run "1"', shard: 2, writer: 'r-1', seq: 1, at: '1970-01-01T00:00:00.000Z', kind: 'heartbeat' },
    {
      v: 2,
      runId: 'run "1"',
      shard: 2,
      writer: 'r-1',
      seq: 2,
      at: '1970-01-01T00:00:00.000Z',
      kind: 'output',
      stream: 'stdout',
      text: 'ä\n"',
    },
  ]);
  expect([spool.bufferedChars, spool.unwritten]).toEqual([0, 0]);
  spool.close();
});

test('the file is for its owner only, and closing twice is harmless', () => {
  const spool = open();
  spool.append({ kind: 'heartbeat' });
  spool.close();
  spool.close();
  expect(readFileSync(spool.path, 'utf8').endsWith('}\n')).toBe(true);
  expect(statSync(spool.path).mode & 0o077).toBe(0);
});

test('a folder that cannot be made is a sentence with the remedy', () => {
  writeFileSync(join(folder, 'run'), 'a file stands in the way');
  expect(() => open()).toThrow(
    expect.objectContaining({ code: 'QH_SPOOL', hint: expect.stringContaining('QUALITY_HUB_DIR') }),
  );
});

test.runIf(existsSync('/dev/full'))('events of a failed write stay and are written by the next one', () => {
  mkdirSync(join(folder, 'run'));
  symlinkSync('/dev/full', join(folder, 'run', 'r-1.ndjson'));
  const spool = open();
  spool.append({ kind: 'heartbeat' });
  expect(() => spool.flush()).toThrow(
    expect.objectContaining({ code: 'QH_SPOOL', message: expect.stringContaining('ENOSPC') }),
  );
  expect(spool.bufferedChars).toBeGreaterThan(0);
  expect(spool.unwritten).toBe(1);
  expect(() => spool.close()).toThrow('ENOSPC');
});

test('a writer whose file was removed is not in place, and takes along all that was written', () => {
  const spool = open();
  spool.append({ kind: 'heartbeat' });
  spool.flush();
  expect(spool.isInPlace).toBe(true);
  rmSync(join(folder, 'run'), { recursive: true });
  expect(spool.isInPlace).toBe(false);
  spool.append({ kind: 'heartbeat' });
  spool.flush();
  spool.append({ kind: 'heartbeat' });
  spool.moveTo(join(folder, 'run'));
  expect(spool.isInPlace).toBe(true);
  spool.close();
  expect(spool.isInPlace).toBe(true);
  expect(seqsOf(spool.path)).toEqual([1, 2, 3]);
  expect(readdirSync(join(folder, 'run'))).toEqual(['r-1.ndjson']);
});

test('a writer moves as a whole, and stays where it is when the other place is no better', () => {
  const spool = open();
  for (let n = 0; n < 3; n++) spool.append({ kind: 'output', stream: 'stdout', text: 'x'.repeat(700_000) });
  spool.flush();
  writeFileSync(join(folder, 'file'), '');
  expect(() => spool.moveTo(join(folder, 'file'))).toThrow(expect.objectContaining({ code: 'QH_SPOOL' }));
  expect(spool.path).toBe(join(folder, 'run', 'r-1.ndjson'));
  spool.moveTo(join(folder, 'other'));
  spool.append({ kind: 'heartbeat' });
  spool.close();
  expect(spool.path).toBe(join(folder, 'other', 'r-1.ndjson'));
  expect(seqsOf(spool.path)).toEqual([1, 2, 3, 4]);
  expect(statSync(spool.path).mode & 0o077).toBe(0);
});

test.runIf(existsSync('/dev/full'))(
  'whoever rescues a failed write is asked at once, and what waits is written',
  () => {
    mkdirSync(join(folder, 'run'));
    symlinkSync('/dev/full', join(folder, 'run', 'r-1.ndjson'));
    const failures: string[] = [];
    const spool: SpoolWriter = new SpoolWriter({
      folder: join(folder, 'run'),
      runId: 'run',
      shard: 1,
      writer: 'r-1',
      rescue: ({ message }) => {
        failures.push(message);
        spool.moveTo(join(folder, 'other'));
        return true;
      },
    });
    spool.append({ kind: 'heartbeat' });
    spool.flush();
    expect(failures).toEqual([expect.stringContaining('ENOSPC')]);
    expect([spool.unwritten, seqsOf(spool.path)]).toEqual([0, [1]]);
    spool.close();
  },
);

test.runIf(existsSync('/dev/full'))('a place that refuses is not asked again at once, unless it has to be', () => {
  mkdirSync(join(folder, 'run'));
  symlinkSync('/dev/full', join(folder, 'run', 'r-1.ndjson'));
  const spool = open();
  spool.append({ kind: 'heartbeat' });
  expect(() => spool.flush()).toThrow('ENOSPC');
  expect(() => spool.flush()).not.toThrow();
  expect(() => spool.flushNow()).toThrow('ENOSPC');
  expect(() => spool.close()).toThrow('ENOSPC');
});

test('output and steps are given up first, and counted as not written', () => {
  const spool = open();
  const attempt = { test: 't', retry: 0, startedAt: new Date(0).toISOString() };
  spool.append({ kind: 'output', stream: 'stdout', text: 'x'.repeat(1000) });
  spool.append({ kind: 'output', stream: 'stdout', text: 'x'.repeat(1000) });
  spool.append({ kind: 'error', error: { message: 'said "kind":"output"' } });
  spool.append({ kind: 'test.steps', ...attempt, steps: [] });
  spool.append({ kind: 'heartbeat' });
  spool.shed();
  expect(spool.unwritten).toBe(5);
  expect(spool.bufferedChars).toBeLessThan(2000);
  spool.close();
  // The first may have been half on disk already: it is never given up.
  expect(seqsOf(spool.path)).toEqual([1, 3, 5]);
  expect(spool.unwritten).toBe(2);
});

test('a clock that is set back does not turn the order of events', () => {
  const times = [5_000, 1_000, 7_000];
  const spool = new SpoolWriter({
    folder: join(folder, 'run'),
    runId: 'run',
    shard: 1,
    writer: 'r-1',
    now: () => times.shift() ?? 0,
  });
  for (let n = 0; n < 3; n++) spool.append({ kind: 'heartbeat' });
  spool.close();
  const at = new SpoolReader(spool.path).read().lines.map(line => Date.parse(JSON.parse(line).at));
  expect(at).toEqual([5_000, 5_000, 7_000]);
});

test('a reader follows whole lines only and goes on where it was', () => {
  const path = join(folder, 'r.ndjson');
  const reader = new SpoolReader(path);
  expect(reader.read()).toEqual({ lines: [], offset: 0, atEnd: true });
  appendFileSync(path, 'one\ntw');
  expect(reader.read().lines).toEqual(['one']);
  expect(reader.read().lines).toEqual([]);
  appendFileSync(path, 'o\nthree\n');
  expect(reader.read().lines).toEqual(['two', 'three']);
  expect(new SpoolReader(path, { offset: reader.offset }).read().lines).toEqual([]);
});

test('a line longer than the chunk is read whole, and many chunks lose nothing', () => {
  const path = join(folder, 'r.ndjson');
  const lines = Array.from({ length: 200 }, (_, i) => `${i} ${'é'.repeat(i)}`);
  appendFileSync(path, `${lines.join('\n')}\n`);
  const reader = new SpoolReader(path, { chunkBytes: 16 });
  const seen: string[] = [];
  for (let result = reader.read(); ; result = reader.read()) {
    seen.push(...result.lines);
    if (result.atEnd) break;
  }
  expect(seen).toEqual(lines);
});

test('a file that cannot be read is told', () => {
  const path = join(folder, 'secret.ndjson');
  writeFileSync(path, 'x\n');
  chmodSync(path, 0);
  if (process.getuid?.() === 0) expect(new SpoolReader(path).read().lines).toEqual(['x']);
  else expect(() => new SpoolReader(path).read()).toThrow('EACCES');
});
