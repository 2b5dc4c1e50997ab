import { expect, test } from 'vitest';
import { emptyDatabase } from '../../../testing/empty-database.ts';
import { scratchFolder } from '../../../testing/scratch-folder.ts';
import { openSnapshots } from '../../snapshots.ts';
import { databasePart } from './database-part.ts';

test('a text with zeros comes back as a text, whole', async () => {
  const { database, drop } = await emptyDatabase('sqlite');
  try {
    await database.query('CREATE TABLE notes (id INTEGER PRIMARY KEY, said TEXT)');
    await database.query('INSERT INTO notes (said) VALUES (?), (?)', ['before\0ä after', '\0']);
    const snapshots = openSnapshots({ folder: scratchFolder(), parts: { shop: databasePart({ database }) } });
    await snapshots.save('clean');
    await database.query('DELETE FROM notes');
    await snapshots.restore('clean');
    // The bytes, because Node 22 does not read what stands behind a zero.
    const { rows } = await database.query('SELECT typeof(said) AS type, hex(said) AS bytes FROM notes ORDER BY id');
    expect(rows).toEqual([
      { type: 'text', bytes: Buffer.from('before\0ä after').toString('hex').toUpperCase() },
      { type: 'text', bytes: '00' },
    ]);
  } finally {
    await drop();
  }
});
