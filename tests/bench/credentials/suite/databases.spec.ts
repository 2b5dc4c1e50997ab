/** A password in an address. */
import { test } from '@quality-hub/test';

test('database 01', async ({ db }) => {
  await db.wrongPassword?.query('select 1');
});
test('database 02', async ({ db }) => {
  await db.unknownUser?.query('select 1');
});
