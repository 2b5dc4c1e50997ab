/**
 * Counts what child processes of the tests ran. A fixture or a reporter works inside a real Playwright run, which is a
 * child; without this, the tests that matter most would cover nothing.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { executedPositions } from './executed-positions.mjs';

export default class ChildCoverageReporter {
  #folder = mkdtempSync(join(tmpdir(), 'quality-hub-coverage-'));

  /** Set for the tests, not for the process they run in: Node then measures only what they start. */
  onInit(vitest) {
    for (const { config } of vitest.projects) config.env = { ...config.env, NODE_V8_COVERAGE: this.#folder };
  }

  /** Vitest reports, and compares with the threshold, what stands in the map after this. */
  onCoverage(coverage) {
    for (const name of readdirSync(this.#folder)) {
      const dump = readDump(join(this.#folder, name));
      if (dump) addExecuted(coverage, dump);
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** A killed child may leave half a file. */
function readDump(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function addExecuted(coverage, { result, 'source-map-cache': maps = {} }) {
  for (const script of result) {
    if (!script.url.startsWith('file://')) continue;
    const path = fileURLToPath(script.url);
    const file = coverage.data[path]?.data;
    if (!file) continue;
    const executed = executedPositions(script, maps[script.url], readFileSync(path, 'utf8'));
    for (const [id, { start }] of Object.entries(file.statementMap)) {
      if (executed(start.line, start.column)) file.s[id] += 1;
    }
    for (const [id, { loc }] of Object.entries(file.fnMap)) {
      if (executed(loc.start.line, loc.start.column)) file.f[id] += 1;
    }
    for (const [id, { locations }] of Object.entries(file.branchMap)) {
      for (const [at, { start }] of locations.entries()) {
        if (executed(start.line, start.column)) file.b[id][at] += 1;
      }
    }
  }
}
