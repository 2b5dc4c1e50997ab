/** `quality-hub config migrate`: brings a file of values to the version of the configuration. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { changedPaths, type HubConfig, loadConfig, migrateValues, readPath, SECTIONS } from '@quality-hub/config';
import type { CommandContext, ParsedArguments } from '../command-line/command.ts';
import { ConfigCommandError } from '../errors.ts';
import { configFilesHere, keepBackup } from './backups.ts';
import { writeAndNote } from './change-log.ts';
import { valueShower } from './shown-value.ts';

type Tree = Readonly<Record<string, unknown>>;

export async function migrateAction(args: ParsedArguments, context: CommandContext): Promise<number> {
  const { terminal, cwd, env } = context;
  const [main, local] = configFilesHere(context);
  const { config } = await loadConfig(main, { env });
  const to = config.version ?? 1;
  const old = local === undefined ? undefined : (await loadConfig(local, { env })).config;
  const from = old?.version ?? to;
  if (local === undefined || old === undefined || from === to) {
    terminal.out(`Everything is of version ${to}.`);
    return 0;
  }
  const { next, applied } = migrated(old, { from, to, migrations: config.migrations ?? {} }, local);
  const name = basename(local);
  terminal.out(`${name} is of version ${from}:`);
  for (const step of applied) terminal.out(`  ${step}`);
  const show = valueShower(env);
  for (const { path, before, after } of changedPaths(old, next)) {
    const at = readPath(path) ?? [];
    if (before !== undefined) terminal.out(terminal.paint('red', `  - ${path} = ${show(at, before)}`));
    if (after !== undefined) terminal.out(terminal.paint('green', `  + ${path} = ${show(at, after)}`));
  }
  if (args.options['dry-run']) return 0;
  const text = await rewritten(local, readFileSync(local, 'utf8'), next);
  if (text === undefined) {
    terminal.out(`${name} is a program: change it by hand as shown, and write version: ${to} into it.`);
    return 1;
  }
  const kept = keepBackup([main, local], context);
  writeAndNote(`migrate ${from} to ${to}`, { [local]: text }, { cwd });
  terminal.out(`${name} is of version ${to} now. The files before are kept as ${kept}.`);
  return 0;
}

function migrated(
  old: HubConfig,
  how: Parameters<typeof migrateValues>[1],
  file: string,
): { readonly next: HubConfig; readonly applied: readonly string[] } {
  const applied = new Set<string>();
  const change = (values: Tree): Tree => {
    const done = migrateValues(values, how);
    if (done.problems.length > 0) {
      throw new ConfigCommandError(
        `${basename(file)}: ${done.problems.join('; ')}`,
        'Correct the migration; no file was changed',
      );
    }
    for (const step of done.applied) applied.add(step);
    return done.values;
  };
  const environments = Object.entries(old.environments ?? {}).map(([name, inner]) => {
    const isKept = (key: string): boolean => key === 'extends' || SECTIONS.includes(key);
    const kept = Object.fromEntries(Object.entries(inner).filter(([key]) => isKept(key)));
    const values = Object.fromEntries(Object.entries(inner).filter(([key]) => !isKept(key)));
    return [name, { ...kept, ...change(values) }] as const;
  });
  const next = {
    ...old,
    version: how.to,
    ...(old.values === undefined ? {} : { values: change(old.values) }),
    ...(environments.length === 0 ? {} : { environments: Object.fromEntries(environments) }),
  };
  return { next, applied: [...applied] };
}

/** The file with its new content; undefined where it is a program. Of YAML, comments outside of the values stay. */
async function rewritten(
  path: string,
  text: string,
  { version, values, environments }: HubConfig,
): Promise<string | undefined> {
  const changed = { version, ...(values ? { values } : {}), ...(environments ? { environments } : {}) };
  if (path.endsWith('.json')) {
    const indent = /^\{\s*\n([ \t]+)/.exec(text)?.[1] ?? '  ';
    return `${JSON.stringify({ ...JSON.parse(text), ...changed }, null, indent)}\n`;
  }
  if (!/\.ya?ml$/.test(path)) return undefined;
  const { parseDocument } = await import('yaml');
  const document = parseDocument(text);
  for (const [key, value] of Object.entries(changed)) document.set(key, document.createNode(value));
  return document.toString();
}
