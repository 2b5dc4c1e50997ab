/** A server that stops and comes back. */
import { ok, strictEqual } from 'node:assert/strict';
import { countOf, failureOf, makeThings, within } from './judge.ts';
import type { ContractTest, DatabaseContractSource, StoppableServer } from './source.ts';

/** What a stopped server may be told as: nobody listens, it is going down, or it broke off. */
const GONE = new Set(['QH_DB_UNREACHABLE', 'QH_DB_UNAVAILABLE', 'QH_DB_BROKEN']);

export function stopPromises(
  source: DatabaseContractSource,
  stoppable: () => Promise<StoppableServer>,
  test: ContractTest,
): void {
  test('a server that stops is told within 2 s, and used again when it is back, by the same client', async () => {
    const server = await stoppable();
    const database = source.open({ url: server.url });
    try {
      await makeThings(database, 2);
      await server.stop();
      const error = await within(2_000, 'the query on a stopped server', failureOf(countOf(database)));
      ok(GONE.has(String(error.code)), `${error.code}: ${error.message}`);
      strictEqual((await database.health()).state, 'down');
      await server.start();
      strictEqual(await within(2_000, 'the first query', countOf(database)), 2);
      strictEqual((await database.health()).state, 'healthy');
    } finally {
      await database.close();
      await server.remove();
    }
  });
}
