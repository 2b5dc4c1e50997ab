import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { databaseServers, emptyDatabase } from '../../../testing/empty-database.ts';
import { openSnapshots } from '../../snapshots.ts';
import { databasePart } from './database-part.ts';

const { skip = true, note = '' } = databaseServers.find(({ kind }) => kind === 'mysql') ?? {};

describe.skipIf(skip)(`what MySQL cannot restore${note}`, () => {
  test('triggers and tables without transactions are refused when the snapshot is saved', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'qh-snapshots-'));
    const { database, drop } = await emptyDatabase('mysql');
    try {
      await database.query('CREATE TABLE a (id integer)');
      await database.query('CREATE TABLE b (id integer) ENGINE = Aria');
      await database.query('CREATE TRIGGER told AFTER INSERT ON a FOR EACH ROW INSERT INTO b VALUES (NEW.id)');
      const snapshots = openSnapshots({ folder, parts: { shop: databasePart({ database }) } });
      await expect(snapshots.save('clean')).rejects.toMatchObject({
        code: 'QH_SNAPSHOT_PART',
        message: expect.stringMatching(/the trigger told of a would act.*; b is of the engine Aria/),
      });
      const { rows } = await database.query(
        'SELECT @@SESSION.foreign_key_checks AS checks, @@SESSION.sql_mode AS mode',
      );
      expect(rows).toEqual([{ checks: 1, mode: expect.stringContaining('STRICT_TRANS_TABLES') }]);
    } finally {
      await drop();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('rows whose parents are gone are refused, and the old rows stay', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'qh-snapshots-'));
    const { database, drop } = await emptyDatabase('mysql');
    try {
      await database.query('CREATE TABLE parents (id integer PRIMARY KEY)');
      await database.query(
        'CREATE TABLE children (id integer PRIMARY KEY, parent integer, FOREIGN KEY (parent) REFERENCES parents (id))',
      );
      await database.query('INSERT INTO parents VALUES (1)');
      await database.query('INSERT INTO children VALUES (1, 1)');
      const part = databasePart({ database, tables: ['children'] });
      const snapshots = openSnapshots({ folder, parts: { shop: part } });
      await snapshots.save('clean');
      await database.query('DELETE FROM children');
      await database.query('DELETE FROM parents');
      await expect(snapshots.restore('clean')).rejects.toThrow(
        'Rows of children refer to rows of parents that are not there any more',
      );
      expect((await database.query('SELECT * FROM children')).rows).toEqual([]);
    } finally {
      await drop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
