/** Sees to it that git does not take what runs leave behind. */
import { existsSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { HUB_FOLDER, hubFolderFor } from '@quality-hub/telemetry';
import { type Draft, readText } from './draft.ts';
import { editIgnoreFile, ignoresHub } from './edits/edit-ignore-file.ts';
import { git } from './project/find-files.ts';
import { upwards } from './project/owning-package.ts';

/** One line in the `.gitignore` nearest to each hub folder. Without git, and without such a file, there is nothing to do. */
export async function planIgnoreFiles(draft: Draft, suites: readonly string[]): Promise<void> {
  const top = (await git(draft.root, ['rev-parse', '--show-toplevel']))?.trim();
  const homes = new Set(suites.map(path => dirname(hubFolderFor(dirname(path), {}).path)));
  const seen = new Set<string>();
  for (const home of homes) {
    if (top !== undefined && (await git(home, ['check-ignore', '-q', join(home, HUB_FOLDER, 'hub.db')])) !== undefined)
      continue;
    const end = top ?? draft.root;
    const above = upwards(home).filter(folder => folder === end || folder.startsWith(end + sep));
    const existing = above.map(folder => join(folder, '.gitignore')).find(path => existsSync(path));
    const path = existing ?? (top === undefined ? undefined : join(top, '.gitignore'));
    if (path === undefined || seen.has(path)) continue;
    seen.add(path);
    const before = existing === undefined ? undefined : readText(draft, path);
    if (existing !== undefined && (before === undefined || ignoresHub(before))) continue;
    draft.changes.push({ path, before, edits: editIgnoreFile(before) });
  }
}
