/** Restores a snapshot of a database again and again, until it is killed: `url kind folder`. Says when it begins. */
import { openDatabase } from '@quality-hub/clients/db';
import { databasePart } from '../snapshots/parts/database/database-part.ts';
import { openSnapshots } from '../snapshots/snapshots.ts';
import type { DatabaseKind } from './empty-database.ts';

const [url = '', kind, folder = ''] = process.argv.slice(2);
const database = openDatabase({ name: 'shop', kind: kind as DatabaseKind, url });
const snapshots = openSnapshots({ folder, parts: { shop: databasePart({ database }) } });
for (;;) {
  process.stdout.write('restoring\n');
  await snapshots.restore('clean');
}
