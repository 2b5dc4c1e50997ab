/** Looks at a project and decides what its setup takes. Changes nothing. */
import { dirname } from 'node:path';
import { isAtLeast, OLDEST } from '@quality-hub/protocol';
import { installedPackage } from '../doctor/installed-package.ts';
import { InitError } from '../errors.ts';
import { type Draft, readText, shown } from './draft.ts';
import { editImports, OUR_TEST, PLAYWRIGHT } from './edits/edit-imports.ts';
import { editManifest } from './edits/edit-manifest.ts';
import { planConfigs } from './plan-configs.ts';
import { planIgnoreFiles } from './plan-ignore-files.ts';
import { findFiles, git } from './project/find-files.ts';
import { installCommand } from './project/install-command.ts';
import { nearestManifest, owningManifest } from './project/owning-package.ts';
import type { SetupPlan } from './setup-plan.ts';
import { isProblem, type ParsedSource, type ParseSource } from './source/parsed-source.ts';

const OURS_FOR_A_SUITE = ['@quality-hub/cli', '@quality-hub/reporters', OUR_TEST];

export interface PlanOptions {
  readonly parse: ParseSource;
  /** Version of our packages. */
  readonly version: string;
}

/**
 * @param root Real path of the project's folder.
 * @throws {InitError} (`QH_INIT`) where there is no configuration, or a Playwright that is too old.
 */
export async function planSetup(root: string, { parse, version }: PlanOptions): Promise<SetupPlan> {
  const { configs, sources, hasOurTest, links } = await findFiles(root);
  const draft: Draft = { root, changes: [], byHand: [], notes: [] };
  for (const { path, target } of links) {
    draft.notes.push(`${shown(draft, path)} is a link to ${target}, outside of ${root}: run init there to set it up`);
  }
  if (configs.length + links.length === 0) {
    throw new InitError(
      `There is no Playwright configuration (playwright.config.ts, .js and their like) in ${root} or below`,
      'Name the folder of your suite: `quality-hub init <folder>`',
    );
  }
  tellVersions(draft, configs);
  const read = (path: string) => readSource(draft, parse, path);
  const suites = planConfigs(draft, configs, read);
  const needs = new Map<string, Set<string>>();
  const need = (path: string, packages: readonly string[]): void => {
    const manifest = owningManifest(dirname(path)) ?? nearestManifest(dirname(path));
    if (manifest === undefined)
      draft.byHand.push(
        `There is no package.json for ${shown(draft, path)}: add ${packages.join(', ')} where its packages are named`,
      );
    else needs.set(manifest, new Set([...(needs.get(manifest) ?? []), ...packages]));
  };
  for (const suite of suites) need(suite, OURS_FOR_A_SUITE);
  let takesOurs = hasOurTest;
  for (const path of sources) {
    const source = read(path);
    if (!source) continue;
    const { edits, byHand } = editImports(source);
    for (const { line, why } of byHand) {
      draft.byHand.push(`${shown(draft, path)}:${line}: ${why}; take \`test\` from '${OUR_TEST}' there by hand`);
    }
    if (edits.length > 0) draft.changes.push({ path, before: source.text, edits });
    if (edits.length + byHand.length > 0) need(path, [OUR_TEST]);
    takesOurs ||= edits.length + byHand.length > 0;
  }
  if (!takesOurs && suites.length > 0) {
    draft.notes.push(
      `No file takes \`test\` from ${PLAYWRIGHT}: results are kept, but for good verdicts write \`mergeTests(yours, ours)\` with ours from '${OUR_TEST}'`,
    );
  }
  for (const [path, packages] of needs) planManifest(draft, path, [...packages].sort(), { parse, version });
  await planIgnoreFiles(draft, suites);
  if (draft.changes.length > 0 && (await git(root, ['status', '--porcelain', '--', '.']))) {
    draft.notes.push('Not everything here is committed to git; what init changes will stand among those changes');
  }
  const { changes, byHand, notes } = draft;
  return { changes, byHand, notes, install: installCommand(root) };
}

function tellVersions({ root, notes }: Draft, configs: readonly string[]): void {
  for (const folder of new Set(configs.map(path => dirname(path)))) {
    const found = installedPackage(PLAYWRIGHT, folder)?.version;
    if (found !== undefined && !isAtLeast(found, OLDEST.playwright)) {
      throw new InitError(
        `Playwright ${found} in ${folder} is too old: ${OLDEST.playwright} or newer is needed`,
        `Install ${PLAYWRIGHT}@latest, then run init again`,
      );
    }
    if (found === undefined) {
      const place = shown({ root }, folder) || '.';
      notes.push(`${PLAYWRIGHT} is not installed for ${place}; ${OLDEST.playwright} or newer will be needed`);
    }
  }
}

function planManifest(draft: Draft, path: string, packages: readonly string[], { parse, version }: PlanOptions): void {
  const before = readText(draft, path);
  if (before === undefined) return;
  const { edits, byHand } = editManifest(parse, before, packages, version);
  if (byHand) draft.byHand.push(`${shown(draft, path)}: ${byHand}; add ${packages.join(', ')} by hand`);
  if (edits.length > 0) draft.changes.push({ path, before, edits });
}

function readSource(draft: Draft, parse: ParseSource, path: string): ParsedSource | undefined {
  const text = readText(draft, path);
  if (text === undefined) return undefined;
  const parsed = parse(path, text);
  if (!isProblem(parsed)) return parsed;
  draft.byHand.push(
    `${shown(draft, path)}:${parsed.line} cannot be read (${parsed.problem}) and is left as it is: correct it, then run init again`,
  );
  return undefined;
}
