/**
 * How fast the hub takes in spools, and finds the history of a test, when its database holds a million results.
 *
 * `pnpm bench hub [--results N] [--tests N]`
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openHub } from '@quality-hub/hub';
import { errorSentence, OptionError } from '@quality-hub/protocol';
import { hubFolderAt, runSpoolFolder } from '@quality-hub/telemetry';
import { atLeast, atMost, say, tell } from './figure.ts';
import { readNumbers } from './measure/options.ts';
import { sampleTests, writeRun } from './measure/sample-spool.ts';
import { median } from './measure/statistics.ts';

/** How much of the end counts: the speed that a full database has. */
const LAST_PART = 0.1;
const QUERIES = 2_000;

try {
  const { results, tests } = readNumbers(process.argv.slice(2), { results: 1_000_000, tests: 5_000 });
  const folder = hubFolderAt(mkdtempSync(join(tmpdir(), 'quality-hub-bench-')));
  try {
    const hub = openHub({ folder });
    const planned = sampleTests(tests);
    const runs = Math.ceil(results / tests);
    const speeds: number[] = [];
    for (let run = 0; run < runs; run++) {
      const events = writeRun(folder, `run-${String(run).padStart(6, '0')}`, run, planned);
      const startMs = performance.now();
      await hub.catchUp(`run-${String(run).padStart(6, '0')}`, { conclude: false });
      speeds.push((events * 1000) / (performance.now() - startMs));
      rmSync(runSpoolFolder(folder, `run-${String(run).padStart(6, '0')}`), { recursive: true });
      if ((run + 1) % Math.ceil(runs / 10) === 0) {
        say(`${(run + 1) * tests} results: ${Math.round(median(speeds.slice(-Math.ceil(runs / 10))))} events/s`);
      }
    }
    const last = speeds.slice(-Math.max(1, Math.round(runs * LAST_PART)));
    const times: number[] = [];
    for (let query = 0; query < QUERIES; query++) {
      // A stride that meets every test once: no page is warm from the query before.
      const test = planned[(query * 997) % planned.length]?.test ?? '';
      const startMs = performance.now();
      const found = await hub.history(test, { limit: 50 });
      times.push((performance.now() - startMs) * 1000);
      if (found.length !== Math.min(50, runs)) throw new Error(`The history of ${test} has ${found.length} results`);
    }
    await hub.close();
    tell([
      atLeast('hub.ingest', median(last), { unit: 'events/s', target: 40_000 }),
      atMost('hub.history', median(times), { unit: 'µs', target: 200 }),
    ]);
  } finally {
    rmSync(folder.path, { recursive: true, force: true });
  }
} catch (error) {
  say(errorSentence(error));
  process.exitCode = error instanceof OptionError ? 2 : 1;
}
