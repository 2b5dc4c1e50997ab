/** The number under which the database knows a test: rows hold it instead of the identity's key. */
import type { WriteStatements } from './write-statements.ts';

/** Tests that are remembered; a suite larger than this is looked up again. */
const REMEMBERED = 100_000;

interface KnownTest {
  readonly id: number;
  /** JSON of the identity; null while only the key is known. */
  identity: string | null;
}

export class TestNumbers {
  readonly #sql: WriteStatements;
  readonly #known = new Map<string, KnownTest>();

  constructor(sql: WriteStatements) {
    this.#sql = sql;
  }

  /** After a failed transaction a number may belong to no test. */
  forget(): void {
    this.#known.clear();
  }

  /** The number of the test with that key; given when it is new. */
  of(test: string): number {
    return this.#find(test, null).id;
  }

  /** The same, and notes the identity; the newest one stays. */
  named(test: string, identity: string): number {
    const known = this.#find(test, identity);
    if (known.identity !== identity) {
      this.#sql.nameTest.run(identity, known.id);
      known.identity = identity;
    }
    return known.id;
  }

  #find(test: string, identity: string | null): KnownTest {
    let known = this.#known.get(test);
    if (known) return known;
    const row = this.#sql.knownTest.get(test) as { id: number; identity: string | null } | undefined;
    known = row ?? { id: Number(this.#sql.newTest.run(test, identity).lastInsertRowid), identity };
    if (this.#known.size >= REMEMBERED) this.#known.clear();
    this.#known.set(test, known);
    return known;
  }
}
