/** That a restore has begun and not ended, on disk: after a kill in its middle nobody takes what is there for whole. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive, type ProcessMark } from '../ledger/process-life.ts';
import { flushed } from './store/content-store.ts';

export interface RestoreMark {
  /** Of the snapshot. */
  readonly name: string;
  readonly process: ProcessMark;
  readonly parts: readonly string[];
}

export class RestoreMarks {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Returns what is called when all parts are restored: it takes back this mark and older ones of the same parts. */
  async set(mark: RestoreMark): Promise<() => Promise<void>> {
    await mkdir(this.#folder, { recursive: true });
    const path = join(this.#folder, `${mark.process.pid}-${encodeURIComponent(mark.name)}.json`);
    await writeFile(path, JSON.stringify(mark));
    await flushed(path);
    return async () => {
      const restored = new Set(mark.parts);
      for (const { path: other, found } of await this.#all())
        if (other === path || (isAlive(found.process) === false && found.parts.every(part => restored.has(part))))
          await rm(other, { force: true });
    };
  }

  /** Of processes that are gone. */
  async interrupted(): Promise<readonly RestoreMark[]> {
    return (await this.#all()).map(({ found }) => found).filter(({ process }) => isAlive(process) === false);
  }

  async #all(): Promise<readonly { readonly path: string; readonly found: RestoreMark }[]> {
    const names = await readdir(this.#folder).catch((): string[] => []);
    const all = await Promise.all(
      names.map(async name => {
        const path = join(this.#folder, name);
        const found = markFrom(await readFile(path, 'utf8').catch(() => ''));
        return found ? [{ path, found }] : [];
      }),
    );
    return all.flat();
  }
}

function markFrom(text: string): RestoreMark | undefined {
  try {
    return JSON.parse(text) as RestoreMark;
  } catch {
    return undefined;
  }
}
