/** Reads a dataset as a test would, row by row or as a whole, and tells what it took: its growth, not what Node takes by itself. */
import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { dataset, openDatasets } from '@quality-hub/data';

export interface LargeReading {
  readonly rows: number;
  readonly total: number;
  /** Highest growth of the resident memory. */
  readonly grownBytes: number;
  readonly ms: number;
}

interface Row {
  readonly total: number;
}

const [how = '', file = ''] = process.argv.slice(2);
const before = process.memoryUsage.rss();
const startMs = performance.now();
let rows = 0;
let total = 0;
if (how === 'stream') {
  for await (const row of openDatasets({ folder: dirname(file) }).open(dataset<Row>(basename(file)))) {
    rows++;
    total += Number(row.total);
  }
} else {
  // As a suite reads it that knows nothing else.
  const all = readFileSync(file, 'utf8')
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as Row);
  for (const row of all) {
    rows++;
    total += Number(row.total);
  }
}
const ms = performance.now() - startMs;
// In kilobytes; of the whole life of the process.
const grownBytes = process.resourceUsage().maxRSS * 1_024 - before;
const reading: LargeReading = { rows, total, grownBytes, ms };
process.stdout.write(JSON.stringify(reading));
