/** The strategy `template`: the copy of one worker, and what happens to it between two tests. */
import { IsolationError } from '../errors.ts';
import type { SqlDatabase } from '../sql-database.ts';
import { type Emptying, type EmptyingOptions, emptying } from './emptying.ts';
import { inTransaction } from './in-transaction.ts';
import { type IsolatedTest, testOn } from './isolated-test.ts';
import { StrangerWatch } from './strangers.ts';
import type { Clone, Templates } from './templates.ts';

export interface CopyOptions extends EmptyingOptions {
  readonly templates: Templates;
  /** A client of the copy. */
  readonly openClone: (url: string) => SqlDatabase;
  /** @default 'clone' */
  readonly between?: 'clone' | 'transaction' | 'truncate' | 'none';
}

/** A copy and its client, as long as the copy is the same. */
interface Copy {
  readonly clone: Clone;
  readonly database: SqlDatabase;
  readonly watch: StrangerWatch;
  readonly emptying: Emptying;
}

export class CopyOfWorker {
  readonly #options: CopyOptions;
  #copy: Copy | undefined;
  #making: Promise<Copy> | undefined;

  constructor(options: CopyOptions) {
    this.#options = options;
  }

  get url(): string | undefined {
    return this.#copy?.clone.url;
  }

  async ready(): Promise<void> {
    this.#making ??= this.#make().catch((error: unknown) => {
      this.#making = undefined;
      throw error;
    });
    this.#copy = await this.#making;
    if (this.#options.between === 'truncate') await this.#copy.emptying.ready();
  }

  begin(): IsolatedTest {
    const copy = this.#copy;
    if (!copy)
      throw new IsolationError('The copy of the template was not made yet', 'Await ready() before the test begins');
    const { between = 'clone' } = this.#options;
    const { url } = copy.clone;
    if (between === 'transaction') return inTransaction(copy.database, copy.watch, url);
    if (between === 'truncate') return copy.emptying.begin(url);
    const undo = async (): Promise<readonly string[]> => {
      if (between === 'clone') await this.#again(copy);
      return [];
    };
    return testOn(copy.database, 'template', undo, url);
  }

  async close(): Promise<void> {
    const copy = await this.#making?.catch(() => undefined);
    this.#forget();
    await copy?.database.close();
    await copy?.clone.drop();
  }

  async #make(): Promise<Copy> {
    const clone = await this.#options.templates.clone();
    return this.#copyOf(clone);
  }

  #copyOf(clone: Clone): Copy {
    const database = this.#options.openClone(clone.url);
    const { keep, seed } = this.#options;
    const options = { ...(keep ? { keep } : {}), ...(seed ? { seed } : {}), isClean: true };
    return { clone, database, watch: new StrangerWatch(database), emptying: emptying(database, options) };
  }

  /** One that cannot be made anew is given up: the next test gets another. */
  async #again({ clone, database }: Copy): Promise<void> {
    this.#forget();
    await database.close();
    try {
      await clone.reset();
    } catch (error) {
      // Where even this fails it is swept, when this process has ended.
      await clone.drop().catch(() => undefined);
      throw error;
    }
    this.#making = Promise.resolve(this.#copyOf(clone));
  }

  #forget(): void {
    this.#copy = undefined;
    this.#making = undefined;
  }
}
