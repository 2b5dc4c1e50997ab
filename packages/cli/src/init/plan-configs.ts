/** Decides for each Playwright configuration of a project what happens to it. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, relative, resolve } from 'node:path';
import { type Draft, shown } from './draft.ts';
import { type ConfigEdit, editConfig, REPORTERS_CONFIG } from './edits/edit-config.ts';
import { nearestManifest, readManifest } from './project/owning-package.ts';
import type { ParsedSource } from './source/parsed-source.ts';

/** Adds changes and remarks to the draft, and gives the configurations that have our reporter then. */
export function planConfigs(
  draft: Draft,
  configs: readonly string[],
  read: (path: string) => ParsedSource | undefined,
): string[] {
  const parsed = configs.flatMap(path => {
    const source = read(path);
    return source ? [{ path, source }] : [];
  });
  const decide = (each: { path: string; source: ParsedSource }, project?: string): ConfigEdit =>
    editConfig(each.source, {
      hasOurs: module => hasOurs(each.path, module, configs),
      ...(project === undefined ? {} : { project }),
    });
  // Only what reports by itself needs a name, and only beside others.
  const reporting = parsed.filter(each => !['component-tests', 'inherits'].includes(decide(each).kind));
  const suites: string[] = [];
  for (const each of parsed) {
    const edit = decide(each, reporting.length > 1 ? projectName(each.path) : undefined);
    const name = shown(draft, each.path);
    if (edit.kind === 'component-tests') {
      draft.notes.push(`${name} is for component tests, which are not supported yet: it is left as it is`);
      continue;
    }
    suites.push(each.path);
    if (edit.kind === 'change') draft.changes.push({ path: each.path, before: each.source.text, edits: edit.edits });
    if (edit.kind === 'inherits') draft.notes.push(`${name} takes the reporters of ${edit.from}: it is left as it is`);
    if (edit.kind === 'by-hand') {
      draft.byHand.push(
        `${name}:${edit.line}: ${edit.why}; write \`reporter: reporters(…)\` there by hand, with \`reporters\` from '${REPORTERS_CONFIG}'`,
      );
    }
  }
  return suites;
}

/** True for another configuration of the project, and for a file that names our reporter. */
function hasOurs(from: string, module: string, configs: readonly string[]): boolean {
  if (!module.startsWith('.')) return false;
  const base = resolve(dirname(from), module);
  const stem = base.replace(/\.[cm]?js$/, '');
  const extensions = ['.ts', '.js', '.mts', '.mjs', '.cts', '.cjs'];
  const file = [base, ...extensions.flatMap(each => [base + each, stem + each])].find(path => isSourceFile(path));
  return (
    file !== undefined && (configs.includes(file) || readFileSync(file, 'utf8').includes('@quality-hub/reporters'))
  );
}

function isSourceFile(path: string): boolean {
  return /\.[cm]?[jt]s$/.test(path) && existsSync(path);
}

/** The package, the folder in it, and what the file's name says beside `playwright.config`. */
function projectName(config: string): string {
  const manifest = nearestManifest(dirname(config));
  const home = manifest ? dirname(manifest) : dirname(config);
  const name = (manifest && readManifest(manifest)?.name) || basename(home);
  const [, word = ''] = /^playwright[.-]?(.*?)\.config\.\w+$/.exec(basename(config)) ?? [];
  return [name, ...relative(home, dirname(config)).split(/[\\/]/), word].filter(part => part !== '').join('-');
}
