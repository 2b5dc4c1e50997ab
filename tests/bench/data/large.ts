/** What a dataset costs that is larger than memory: read row by row, and as a whole as far as that goes. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { writeRows } from '@quality-hub/data';
import { atLeast, atMost, type Figure, say } from '../figure.ts';
import type { LargeReading } from './large-child.ts';

const CHILD = fileURLToPath(new URL('./large-child.ts', import.meta.url));
const MB = 1_000_000;

export interface LargeOptions {
  /** Of the NDJSON that is streamed. @default 1000 */
  readonly streamMb?: number;
  /** Of the one that is read as a whole too: 1 GB is more than a text of Node can be. @default 200 */
  readonly wholeMb?: number;
}

/** Memory of a stream over `streamMb`; against it, what the whole takes for each of its bytes; and rates of reading. */
export async function largeFigures({ streamMb = 1_000, wholeMb = 200 }: LargeOptions = {}): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'qh-bench-large-'));
  try {
    const large = join(folder, 'large.ndjson');
    const small = join(folder, 'small.ndjson');
    const table = join(folder, 'small.csv');
    await writeRows(large, orders(streamMb * MB));
    await writeRows(small, orders(wholeMb * MB));
    await writeRows(table, flat(orders((wholeMb / 4) * MB)));
    const streamed = await read('stream', large);
    const whole = await read('whole', small);
    const same = await read('stream', small);
    const csv = await read('stream', table);
    if (same.total !== whole.total) throw new Error('the two ways have read different rows');
    say(`streamed ${streamMb} MB in ${seconds(streamed)}, the whole of ${wholeMb} MB in ${seconds(whole)}`);
    const saved = 1 - streamed.grownBytes / whole.grownBytes;
    return [
      atMost('data.large.stream', streamed.grownBytes / MB, { unit: `MB for ${streamMb} MB of NDJSON`, target: 80 }),
      // The whole is that of a smaller file: for the large one more would be saved.
      atLeast('data.large.saved', saved * 100, { unit: `% of reading ${wholeMb} MB as a whole`, target: 80 }),
      atLeast('data.large.ndjson', (streamMb * 1_000) / streamed.ms, { unit: 'MB/s', target: 20 }),
      atLeast('data.large.csv', csv.rows / csv.ms, { unit: 'thousand rows/s', target: 20 }),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function read(how: 'stream' | 'whole', file: string): Promise<LargeReading> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--max-old-space-size=8192', CHILD, how, file]);
  return JSON.parse(stdout) as LargeReading;
}

function* orders(bytes: number) {
  for (let id = 0, made = 0; made < bytes; id++) {
    const order = {
      id,
      email: `customer-${id}@shop.example`,
      city: ['Lyon', 'Rome', 'Oslo'][id % 3],
      total: id * 1.25,
      items: [{ sku: `A-${id % 1_000}`, count: id % 7 }],
      at: '2026-01-01T00:00:00.000Z',
    };
    made += JSON.stringify(order).length + 1;
    yield order;
  }
}

function* flat(rows: Iterable<{ readonly items: readonly object[] }>) {
  for (const { items, ...row } of rows) yield { ...row, items: items.length };
}

const seconds = ({ ms }: LargeReading): string => `${(ms / 1_000).toFixed(1)} s`;
