import { appendFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type AuditEntry, AuditTrail } from './audit-trail.ts';
import { lastUses } from './last-uses.ts';

/** A trail whose entries were made at these minutes of an hour. */
function trail(folder: string, runId: string, writer: string, entries: readonly [number, AuditEntry][]): string {
  const path = join(folder, runId, `${writer}.jsonl`);
  let minute = 0;
  const written = new AuditTrail({ path, runId, writer, now: () => new Date(Date.UTC(2026, 10, 22, 12, minute)) });
  for (const [at, entry] of entries) {
    minute = at;
    written.add(entry);
  }
  return path;
}

test('of all runs and workers the last use counts, and the last failure and writing beside it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'qh-uses-'));
  const name = 'paymentKey';
  trail(folder, 'run-2', 'w1', [
    [5, { action: 'read', name, by: 'pays' }],
    [6, { action: 'unsafe', name: 'secrets.stores', why: 'no TLS' }],
  ]);
  const torn = trail(folder, 'run-1', 'w1', [
    [7, { action: 'revealed', name, by: 'signs in' }],
    [8, { action: 'failed', name, why: 'HTTP 401 from payments' }],
    [9, { action: 'read', name: 'other' }],
  ]);
  appendFileSync(torn, 'null\n{"name":"other","at":"2099');
  trail(folder, 'run-1', 'w2', [
    [1, { action: 'refused', name, why: 'not in webkit' }],
    [2, { action: 'written', name, version: '2' }],
  ]);
  expect(Object.fromEntries(await lastUses(folder))).toEqual({
    paymentKey: {
      used: { at: '2026-11-22T12:07:00.000Z', action: 'revealed', by: 'signs in', runId: 'run-1' },
      failed: { at: '2026-11-22T12:08:00.000Z', action: 'failed', why: 'HTTP 401 from payments', runId: 'run-1' },
      written: { at: '2026-11-22T12:02:00.000Z', action: 'written', runId: 'run-1' },
    },
    other: { used: { at: '2026-11-22T12:09:00.000Z', action: 'read', runId: 'run-1' } },
  });
});

test('without a folder nothing is known', async () => {
  expect((await lastUses(join(tmpdir(), 'qh-no-such-folder'))).size).toBe(0);
});
