/** The flags of a configuration, loaded when the first test asks for one. */
import type { Flags, FlagsSection } from '@quality-hub/flags';

export class LazyFlags {
  readonly #section: unknown;
  readonly #folder: string;
  #opened: Promise<Flags> | undefined;

  /** @param folder what the section's `file` is relative to. */
  constructor(section: unknown, folder: string) {
    this.#section = section;
    this.#folder = folder;
  }

  open(): Promise<Flags> {
    this.#opened ??= this.#open();
    return this.#opened;
  }

  /** Closes the provider, where one was opened. */
  async close(): Promise<void> {
    await (await this.#opened?.catch(() => undefined))?.close();
  }

  async #open(): Promise<Flags> {
    const { openFlags } = await import('@quality-hub/flags');
    return openFlags((this.#section ?? {}) as FlagsSection, { folder: this.#folder });
  }
}

/** What is wrong with the file that the section names. A provider is not asked: it may be anywhere. */
export async function flagProblems(section: unknown, folder: string): Promise<readonly string[]> {
  const file = (section as FlagsSection | undefined)?.file;
  if (typeof file !== 'string') return [];
  const [{ createFileProvider, FlagFileError }, { resolve }] = await Promise.all([
    import('@quality-hub/flags'),
    import('node:path'),
  ]);
  try {
    await createFileProvider({ path: resolve(folder, file) }).initialize();
    return [];
  } catch (error) {
    if (!(error instanceof FlagFileError)) throw error;
    return error.problems.map(problem => `flags.file ${file}: ${problem}`);
  }
}
