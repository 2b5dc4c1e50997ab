/** `quality-hub config init`: a first configuration, and the JSON Schema that editors complete names with. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { findConfig, loadSchema } from '@quality-hub/config';
import type { CommandContext, ParsedArguments } from '../command-line/command.ts';
import { oneOf } from '../command-line/parse-arguments.ts';
import { writeAndNote } from './change-log.ts';
import { TEMPLATES, templateText } from './templates.ts';

const SCHEMA_FILE = 'quality-hub.config.schema.json';

/** Where there is a configuration already, only its JSON Schema is written anew. */
export async function initAction({ options }: ParsedArguments, context: CommandContext): Promise<number> {
  const { terminal, cwd, env } = context;
  const template = oneOf('template', options.template, Object.keys(TEMPLATES)) ?? 'browser';
  const format = oneOf('format', options.format, ['ts', 'json', 'yaml'] as const) ?? 'ts';
  const there = findConfig({ from: cwd, cwd, env });
  const main = there ?? join(cwd, `quality-hub.config.${format}`);
  const folder = dirname(main);
  const files: Record<string, string> = {};
  const chosen = TEMPLATES[template];
  if (there === undefined && chosen) files[main] = await templateText(chosen, format, SCHEMA_FILE);
  const { configSchema } = await import('@quality-hub/runtime/check');
  const own = there === undefined ? undefined : await loadSchema(there);
  files[join(folder, SCHEMA_FILE)] = `${JSON.stringify(await configSchema(own), null, 2)}\n`;
  const changed = Object.entries(files).filter(
    ([path, text]) => !existsSync(path) || readFileSync(path, 'utf8') !== text,
  );
  writeAndNote('init', Object.fromEntries(changed), { cwd: folder });
  for (const [path] of changed) terminal.out(`${terminal.paint('green', '+')} ${basename(path)}`);
  if (there !== undefined) terminal.out(`${basename(there)} is as it was.`);
  else {
    if (format === 'ts' && !canResolve('zod', folder)) terminal.out('It needs zod: npm install --save-dev zod');
    terminal.out(
      'Values of your own machine go into quality-hub.config.local.yaml: let git ignore quality-hub.config.local.*',
    );
  }
  return 0;
}

function canResolve(name: string, folder: string): boolean {
  try {
    createRequire(join(folder, 'package.json')).resolve(name);
    return true;
  } catch {
    return false;
  }
}
