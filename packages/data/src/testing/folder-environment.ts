/** The smallest real environment: a folder, with one file in it. */
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EnvironmentDefinition } from '../environments/environment.ts';
import type { Json } from '../ledger/ledger.ts';

export const folderEnvironment: EnvironmentDefinition<Json, { readonly folder: string }> = {
  async create(name, { context }) {
    const path = join(context.folder, name);
    await mkdir(path);
    return { path };
  },
  migrate: handle => writeFile(join(pathOf(handle), 'first.txt'), 'first'),
  async reset(handle) {
    await rm(pathOf(handle), { recursive: true });
    await mkdir(pathOf(handle));
    await writeFile(join(pathOf(handle), 'first.txt'), 'first');
  },
  remove: (name, _handle, { context }) => rm(join(context.folder, name), { recursive: true, force: true }),
  exists: async (name, _handle, { context }) => existsSync(join(context.folder, name)),
};

function pathOf(handle: Json): string {
  return (handle as { readonly path: string }).path;
}
