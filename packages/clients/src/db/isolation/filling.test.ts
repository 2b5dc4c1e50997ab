import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createDatabase, mariadbUrl, postgresUrl } from '../../testing/database-servers.ts';
import { openDatabase } from '../open-database.ts';
import { readFilling } from './filling.ts';

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'qh-filling-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

const FILES = {
  'schema.sql': "-- tables; and more\ncreate table stock (sku varchar(20));\ninsert into stock values ('A;B');",
  'rows.sql': "insert into stock values ('TEA'); insert into stock values ('MUG')",
};

const servers = [
  { kind: 'postgres' as const, skip: postgresUrl === undefined },
  { kind: 'mysql' as const, skip: mariadbUrl === undefined },
  { kind: 'sqlite' as const, skip: false },
];

for (const { kind, skip } of servers) {
  test.skipIf(skip)(`files are run in their order on ${kind}`, async () => {
    const place = await createDatabase(kind);
    onTestFinished(() => place.drop());
    await using database = openDatabase({ name: 'shop', kind, url: place.url });
    const { fill } = await readFilling(['schema.sql', 'rows.sql'], folderWith(FILES));
    await fill(database);
    const rows = await database.sql<{ sku: string }>`select sku from stock`;
    expect(rows.map(({ sku }) => sku)).toEqual(['A;B', 'TEA', 'MUG']);
    const wrong = await readFilling('rows.sql', folderWith({ 'rows.sql': 'insert into nowhere values (1)' }));
    await expect(wrong.fill(database)).rejects.toMatchObject({
      code: 'QH_DB_ISOLATION',
      message: expect.stringMatching(/rows\.sql cannot be run on "shop": .*insert nowhere/),
    });
  });
}

test('the key changes with what the files hold, and a function has none', async () => {
  const keyOf = async (files: Readonly<Record<string, string>>): Promise<string | undefined> =>
    (await readFilling(Object.keys(files), folderWith(files))).key;
  expect(await keyOf(FILES)).toBe(await keyOf(FILES));
  expect(await keyOf({ ...FILES, 'rows.sql': 'select 1' })).not.toBe(await keyOf(FILES));
  expect((await readFilling(() => undefined, '/')).key).toBeUndefined();
});

test('a file that is not there is named', async () => {
  await expect(readFilling('missing.sql', folderWith({}))).rejects.toMatchObject({
    code: 'QH_DB_ISOLATION',
    message: expect.stringContaining('missing.sql cannot be read'),
  });
});
