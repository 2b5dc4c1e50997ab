import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { databaseServers, emptyDatabase } from '../../../testing/empty-database.ts';
import { openSnapshots } from '../../snapshots.ts';
import { databasePart } from './database-part.ts';

const CHILD = fileURLToPath(new URL('../../../testing/restoring-child.ts', import.meta.url));

for (const { kind, skip, note } of databaseServers) {
  describe.skipIf(skip)(`a restore of ${kind} that is killed${note}`, () => {
    test('leaves the old rows or the new ones, never some of each; the next restore completes', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'qh-snapshots-'));
      const { database, url, drop } = await emptyDatabase(kind);
      try {
        await database.query('CREATE TABLE items (id integer PRIMARY KEY, state varchar(10))');
        for (let from = 0; from < 6_000; from += 500) {
          const values = Array.from({ length: 500 }, (_, n) => `(${from + n}, 'clean')`);
          await database.query(`INSERT INTO items VALUES ${values.join(', ')}`);
        }
        const snapshots = openSnapshots({ folder, parts: { shop: databasePart({ database }) } });
        await snapshots.save('clean');
        for (const afterMs of [0, 15, 40, 90]) {
          await database.query("UPDATE items SET state = 'used' WHERE id < 3000");
          const child = spawn(process.execPath, [CHILD, url, kind, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
          await once(child.stdout, 'data');
          await sleep(afterMs);
          child.kill('SIGKILL');
          await once(child, 'exit');
          // The server notices that the connection is gone, and rolls back.
          await expect.poll(() => states(database), { timeout: 60_000 }).toHaveLength(1);
          await snapshots.restore('clean');
          expect(await states(database)).toEqual(['6000 clean']);
          // Nothing of the kill is left that would refuse it.
          await snapshots.save('other');
        }
      } finally {
        await drop();
        rmSync(folder, { recursive: true, force: true });
      }
    });
  });

  /** One of the two states that there may be, and nothing where it is another. */
  async function states(database: { query<Row>(sql: string): Promise<{ rows: readonly Row[] }> }): Promise<string[]> {
    const { rows } = await database.query<{ state: string; n: unknown }>(
      'SELECT state, count(*) AS n FROM items GROUP BY state ORDER BY state',
    );
    const said = rows.map(({ state, n }) => `${n} ${state}`).join(', ');
    return ['6000 clean', '3000 clean, 3000 used'].includes(said) ? [said] : [];
  }
}
