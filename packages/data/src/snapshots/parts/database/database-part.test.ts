import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { databaseServers, type EmptyDatabase, emptyDatabase } from '../../../testing/empty-database.ts';
import { contentOf, makeHardTables } from '../../../testing/hard-tables.ts';
import { openSnapshots, type Snapshots } from '../../snapshots.ts';
import { databasePart } from './database-part.ts';

for (const { kind, skip, note } of databaseServers) {
  describe.skipIf(skip)(`a snapshot of ${kind}${note}`, () => {
    let folder: string;
    let place: EmptyDatabase;
    let snapshots: Snapshots;

    beforeEach(async () => {
      folder = mkdtempSync(join(tmpdir(), 'qh-snapshots-'));
      place = await emptyDatabase(kind);
      await makeHardTables(place.database);
      snapshots = openSnapshots({ folder, parts: { shop: databasePart({ database: place.database }) } });
    });
    afterEach(async () => {
      await place.drop();
      rmSync(folder, { recursive: true, force: true });
    });

    test('brings every value back, over circles of foreign keys, and no trigger acts', async () => {
      const { database } = place;
      const before = await contentOf(database);
      await snapshots.save('clean');
      await database.query("INSERT INTO people (team, name) VALUES (2, 'Dan')");
      await database.query("UPDATE people SET name = 'Ben' WHERE id = 2");
      await database.query("INSERT INTO log VALUES ('noise')");
      expect(await contentOf(database)).not.toEqual(before);
      await snapshots.restore('clean');
      expect(await contentOf(database)).toEqual(before);
      expect((await snapshots.changes('clean')).text).toBe('Nothing differs.\n');
    });

    test('keys go on from where they were, and triggers and foreign keys act again', async () => {
      const { database } = place;
      await database.query('DELETE FROM people WHERE id = 3 AND 1 = 0');
      await snapshots.save('clean');
      for (let n = 0; n < 5; n++) await database.query("INSERT INTO people (team, name) VALUES (2, 'Dan')");
      await snapshots.restore('clean');
      await database.query("INSERT INTO people (team, name) VALUES (2, 'Eve')");
      const { rows } = await database.query<{ id: unknown }>("SELECT id FROM people WHERE name = 'Eve'");
      expect(Number(rows[0]?.id)).toBe(4);
      if (kind !== 'mysql') {
        const { rows: told } = await database.query("SELECT said FROM log WHERE said = 'Eve'");
        expect(told).toHaveLength(1);
      }
      await expect(database.query('UPDATE people SET team = 99')).rejects.toMatchObject({ code: 'QH_DB_CONSTRAINT' });
    });

    test('many rows come back, page by page', async () => {
      const { database } = place;
      const values = Array.from({ length: 2_600 }, (_, n) => `('team ${n}')`).join(', ');
      await database.query(`INSERT INTO teams (name) VALUES ${values}`);
      await database.query(`INSERT INTO log SELECT name FROM teams`);
      const before = await contentOf(database);
      await snapshots.save('large');
      await database.query('DELETE FROM log');
      await snapshots.restore('large');
      expect(await contentOf(database)).toEqual(before);
    });

    test('a changed table is told, and nothing is changed', async () => {
      const { database } = place;
      await snapshots.save('clean');
      await database.query('ALTER TABLE teams ADD COLUMN note varchar(10)');
      await database.query("UPDATE teams SET note = 'kept'");
      await expect(snapshots.restore('clean')).rejects.toMatchObject({
        code: 'QH_SNAPSHOT_SCHEMA',
        message: 'The snapshot "clean" does not fit what is there now: shop: teams.note is new',
      });
      const { rows } = await database.query("SELECT * FROM teams WHERE note = 'kept'");
      expect(rows).toHaveLength(2);
    });

    test('what differs is told row by row, with the columns', async () => {
      const { database } = place;
      await snapshots.save('before');
      await database.query("UPDATE people SET name = 'Ben', boss = NULL WHERE id = 2");
      await database.query("INSERT INTO teams (name) VALUES ('green')");
      const { text, differences } = await snapshots.changes('before');
      const lead = kind === 'mysql' ? 'lead_id' : 'lead';
      expect(text.split('\n')).toEqual([
        'shop people: 0 added, 0 removed, 1 changed',
        '  change   row   column  before  after',
        '  changed  id=2  boss    1       null',
        '                 name    Bob     Ben',
        '',
        'shop teams: 1 added, 0 removed, 0 changed',
        expect.stringMatching(/^ {2}change {2}row +column {2}before {2}after$/),
        `  added   id=3 name=green ${lead}=null`,
        '',
      ]);
      expect(differences.map(({ entry }) => entry)).toEqual(['people', 'teams']);
    });

    test('tables that others refer to are not saved alone', async () => {
      const only = databasePart({ database: place.database, tables: ['teams', 'tems'] });
      await expect(openSnapshots({ folder, parts: { shop: only } }).save('part')).rejects.toMatchObject({
        code: 'QH_SNAPSHOT_PART',
        message:
          'The database "shop" cannot be saved: there is no table tems; people refers to teams and is not among the tables',
      });
      const without = databasePart({ database: place.database, without: ['teams', 'people'] });
      expect((await openSnapshots({ folder, parts: { shop: without } }).save('rest')).parts).toEqual(['shop']);
    });
  });
}
