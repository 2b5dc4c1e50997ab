/** Loads the modules that define factories, where no test loads them: their kinds are known then. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { QualityHubError } from '@quality-hub/protocol';

/** Modules of `data.factories` cannot be loaded (`QH_DATA_FACTORIES`): what they define cannot be removed without them. */
export class FactoriesError extends QualityHubError {
  /** A sentence for each of them. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`Not all of data.factories can be loaded: ${problems.join('; ')}`, {
      code: 'QH_DATA_FACTORIES',
      hint: 'Node loads them by itself: no build, no aliases, imports with their extension, types that can be left out',
    });
    this.problems = problems;
  }
}

/**
 * Loads every module of `paths` that can be loaded.
 *
 * @returns the error that names those which cannot, or undefined.
 */
export async function loadFactories(paths: readonly string[], folder: string): Promise<FactoriesError | undefined> {
  const problems: string[] = [];
  for (const path of paths) {
    const file = resolve(folder, path);
    if (!existsSync(file)) problems.push(`there is no ${file}`);
    else {
      await import(pathToFileURL(file).href).catch((error: unknown) => {
        problems.push(`${file}: ${error instanceof Error ? error.message : String(error)}`);
      });
    }
  }
  return problems.length === 0 ? undefined : new FactoriesError(problems);
}
