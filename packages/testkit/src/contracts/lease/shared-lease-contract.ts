/** What a `LeaseDriver` that is `shared` promises to several processes: they are real ones here. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { LeaseDriver } from '@quality-hub/protocol';
import type { SuiteFunctions } from '../describe-event-stream.ts';
import { granted, LONG_MS, queued } from './asking.ts';
import { waitForLease } from './lease-work.ts';

export interface SharedLeaseSource {
  /** A place for a new table; every opener of one place sees the same. */
  location(): string | Promise<string>;
  /** URL of a module whose `openLeases(location)` opens the driver there; loaded here and in the child processes. */
  readonly module: string;
}

interface Child {
  readonly process: ChildProcess;
  /** The next line that it says. */
  line(): Promise<string>;
}

/** The child program lies beside this file, as source or as built. */
const CHILD = fileURLToPath(new URL(`./lease-child${import.meta.url.slice(-3)}`, import.meta.url));
const PROCESSES = 4;
const TIMES = 25;
const HOLD_MS = 1_500;

/** Registers the suite. */
export function sharedLeaseContract(
  name: string,
  { location, module }: SharedLeaseSource,
  { describe, test }: SuiteFunctions,
): void {
  const openAt = async (place: string): Promise<LeaseDriver> => {
    const { openLeases } = (await import(module)) as { openLeases: (place: string) => Promise<LeaseDriver> };
    return openLeases(place);
  };
  const start = (place: string, ...task: string[]): Child => {
    const child = spawn(process.execPath, [CHILD, module, place, ...task], { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    return { process: child, line: async () => String((await lines.next()).value) };
  };

  describe(`${name} keeps the contract of shared leases`, () => {
    test('what one opener holds the other has to wait for', async () => {
      const place = await location();
      const [mine, theirs] = await Promise.all([openAt(place), openAt(place)]);
      assert.deepEqual([mine.shared, theirs.shared], [true, true]);
      const lease = await granted(mine, 'x', 'a');
      const waiter = await queued(theirs, 'y', 'a');
      assert.equal(waiter.holders[0]?.owner.id, 'x');
      assert.deepEqual((await theirs.table('')).leases, [lease]);
      await mine.close();
      // Closing gives nothing back: others may hold for it.
      await queued(theirs, 'y', 'a', { ticket: waiter.ticket });
      assert.equal(await theirs.release(lease), true);
      const next = await granted(theirs, 'y', 'a', { ticket: waiter.ticket });
      assert.ok(next.token > lease.token);
      await theirs.close();
    });

    test('of many processes one holds at a time, in the order of the tokens', async () => {
      const place = await location();
      const folder = mkdtempSync(join(tmpdir(), 'qh-leases-'));
      try {
        const log = join(folder, 'log');
        const children = Array.from({ length: PROCESSES }, (_, at) =>
          start(place, 'write', `c${at}`, String(TIMES), log),
        );
        const codes = await Promise.all(children.map(child => once(child.process, 'close').then(([code]) => code)));
        assert.deepEqual(codes, Array(PROCESSES).fill(0));
        const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
        const tokens = lines.filter((_, at) => at % 2 === 0).map(line => Number.parseInt(line, 10));
        assert.equal(tokens.length, PROCESSES * TIMES);
        assert.deepEqual(
          lines,
          tokens.flatMap(token => [`${token} begins`, `${token} ends`]),
        );
        assert.deepEqual(
          tokens,
          [...new Set(tokens)].sort((a, b) => a - b),
        );
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });

    test('a waiter in another process is woken', async () => {
      const place = await location();
      const mine = await openAt(place);
      const lease = await granted(mine, 'parent', 'file', { ttlMs: LONG_MS });
      const child = start(place, 'wait', 'w');
      assert.equal(await child.line(), 'waits');
      // Only a wake-up can bring it there: what is in its way ends much later by itself.
      await mine.release(lease);
      assert.equal(await child.line(), 'has it');
      await mine.close();
      child.process.kill('SIGKILL');
    });

    test('what a killed process held is free when its time is over, and not before', async () => {
      const place = await location();
      const mine = await openAt(place);
      const child = start(place, 'hold', 'h', String(HOLD_MS));
      const token = Number((await child.line()).split(' ')[1]);
      const heldAt = performance.now();
      child.process.kill('SIGKILL');
      await once(child.process, 'close');
      const lease = await waitForLease(mine, [{ name: 'file' }], { owner: { id: 'parent' }, ttlMs: LONG_MS });
      assert.ok(lease.token > token);
      const [held] = (await mine.table('')).leases;
      assert.equal(held?.owner.id, 'parent');
      // It was granted before we heard of it.
      assert.ok(performance.now() - heldAt > HOLD_MS * 0.5, 'it was free too early');
      await mine.close();
    });

    test('a process that was stopped for too long has lost its lease, and hears so', async () => {
      const place = await location();
      const mine = await openAt(place);
      const child = start(place, 'hold', 'h', String(HOLD_MS));
      const token = Number((await child.line()).split(' ')[1]);
      child.process.kill('SIGSTOP');
      try {
        const lease = await waitForLease(mine, [{ name: 'file' }], { owner: { id: 'parent' }, ttlMs: LONG_MS });
        assert.ok(lease.token > token);
        child.process.kill('SIGCONT');
        child.process.stdin?.write('go on\n');
        assert.equal(await child.line(), 'lost');
        assert.deepEqual((await mine.table('')).leases, [lease]);
      } finally {
        child.process.kill('SIGKILL');
        await mine.close();
      }
    });
  });
}
