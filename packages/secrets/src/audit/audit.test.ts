import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AuditTrail, type ChainEnd } from './audit-trail.ts';
import { verifyTrail } from './verify-trail.ts';

let folder: string;
let path: string;
let end: ChainEnd;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'qh-audit-'));
  path = join(folder, 'audit', 'w-1.ndjson');
  const now = () => new Date('2026-01-01T00:00:00.000Z');
  const trail = new AuditTrail({ path, runId: 'r', writer: 'w-1', now });
  trail.add({ action: 'read', name: 'paymentKey', store: 'vault', version: '3' });
  trail.add({ action: 'revealed', name: 'paymentKey', by: 'a refund returns the stock' });
  trail.add({ action: 'refused', name: 'productionDb', by: 'drops all orders', why: 'rule 1 of secrets.access' });
  end = trail.end;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const lines = () => readFileSync(path, 'utf8').trimEnd().split('\n');
const write = (all: readonly string[]) => writeFileSync(path, `${all.join('\n')}\n`);

test('a trail that is whole says so, and is for its owner only', async () => {
  expect(await verifyTrail(path, end)).toEqual({ lines: 3, end });
  expect(JSON.parse(lines()[2] ?? '')).toMatchObject({ seq: 3, runId: 'r', writer: 'w-1', action: 'refused' });
  expect(statSync(path).mode & 0o077).toBe(0);
});

test('a line that a killed process has torn is not there, and breaks nothing', async () => {
  writeFileSync(path, `${readFileSync(path, 'utf8')}{"runId":"r","wri`);
  expect(await verifyTrail(path, end)).toEqual({ lines: 3, end });
});

test.each<[string, (all: string[]) => string[], string]>([
  [
    'a changed word',
    all => all.map(line => line.replace('a refund', 'a payment')),
    'line 2 was changed after it was written',
  ],
  ['a line that was taken out', ([a = '', , c = '']) => [a, c], 'line 2 has number 3, expected 2'],
  ['two lines in another order', ([a = '', b = '', c = '']) => [b, a, c], 'line 1 has number 2, expected 1'],
  [
    'a line that was put in',
    all => [...all, all[2]?.replace('"seq":3', '"seq":4') ?? ''],
    'line 4 does not follow the line before it',
  ],
  ['no JSON', all => [...all, 'hello'], 'line 4 is no JSON'],
  ['a shorter end', all => all.slice(0, 2), 'lines are missing at the end: it had 3'],
])('%s is found', async (_, change, problem) => {
  write(change(lines()));
  expect((await verifyTrail(path, end)).problem).toContain(problem);
});

test('another chain of the same length is found by who knows the end', async () => {
  rmSync(path);
  const forged = new AuditTrail({ path, runId: 'r', writer: 'w-1' });
  for (let n = 0; n < 3; n++) forged.add({ action: 'read', name: 'paymentKey' });
  expect(await verifyTrail(path)).not.toHaveProperty('problem');
  expect((await verifyTrail(path, end)).problem).toBe('the chain is another one than was recorded');
});

test('an entry that cannot be written is not in the chain', () => {
  const trail = new AuditTrail({ path: join(folder, 'audit'), runId: 'r', writer: 'w' });
  expect(() => trail.add({ action: 'read', name: 'a' })).toThrow('EISDIR');
  expect(trail.end.seq).toBe(0);
});
