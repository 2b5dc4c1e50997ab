/** The strategy `transaction`: it begins with the first statement of a test, and never commits. */
import { TransactionOverError } from '../errors.ts';
import type { HeldTransaction, SqlDatabase } from '../sql-database.ts';
import { HeldDatabase } from './held-database.ts';
import { type IsolatedTest, testOn } from './isolated-test.ts';
import type { StrangerWatch } from './strangers.ts';

interface Begun {
  readonly held: HeldTransaction;
  /** Looks for others, and says what a rollback will not undo. */
  readonly strangers: () => Promise<readonly string[]>;
}

export function inTransaction(database: SqlDatabase, watch: StrangerWatch, url?: string): IsolatedTest {
  let begun: Promise<Begun> | undefined;
  let over = false;
  const end = new AbortController();
  const begin = async (): Promise<Begun> => {
    const held = await database.hold({ signal: end.signal });
    return { held, strangers: await watch.begin(held) };
  };
  const transaction = async (): Promise<HeldTransaction> => {
    if (over && begun === undefined) throw new TransactionOverError(database.name, 'the test has ended');
    begun ??= begin().catch((error: unknown) => {
      // The next statement tries again: the server may be back.
      begun = undefined;
      throw error;
    });
    return (await begun).held;
  };
  const undo = async (): Promise<readonly string[]> => {
    over = true;
    const found = await begun?.catch(() => undefined);
    if (!found) return [];
    if (found.held.busy) {
      // Nobody waits for it any more, and the rollback would have to.
      end.abort(new TransactionOverError(database.name, 'the test has ended'));
      await found.held.rollback();
      return [];
    }
    const warnings = await found.strangers();
    await found.held.rollback();
    return warnings;
  };
  return testOn(new HeldDatabase(database, transaction), 'transaction', undo, url);
}
