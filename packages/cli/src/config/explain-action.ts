/** `quality-hub config explain <path>`: all that say something of a value, and who wins. */
import { type ResolvedConfig, readPath } from '@quality-hub/config';
import type { CommandContext, ParsedArguments } from '../command-line/command.ts';
import { ConfigCommandError } from '../errors.ts';
import { resolvedHere } from './resolved-here.ts';
import { valueShower } from './shown-value.ts';

export async function explainAction(args: ParsedArguments, context: CommandContext): Promise<number> {
  const { terminal, env } = context;
  const [text = ''] = args.positionals;
  const resolved = await resolvedHere(args, context);
  const explained = resolved.explain(text);
  if (explained === undefined) throw nothingThere(text, resolved);
  const show = valueShower(env);
  const path = readPath(text) ?? [];
  const { value, source } = explained;
  const said = explained.said.map(one => ({ source: one.source, value: show(path, one.value) }));
  if (args.options.json) {
    terminal.out(JSON.stringify({ path: explained.path, value: show(path, value), source, said }, null, 2));
    return 0;
  }
  terminal.out(`${terminal.paint('bold', explained.path)} = ${show(path, value)}`);
  if (said.length === 0) terminal.out(`  ${source}`);
  for (const [at, one] of said.entries()) {
    const wins = at === said.length - 1;
    terminal.out(`  ${wins ? terminal.paint('green', '→') : ' '} ${one.value}  ${terminal.paint('dim', one.source)}`);
  }
  return 0;
}

export function nothingThere(text: string, resolved: ResolvedConfig): ConfigCommandError {
  const nearest = resolved.nearest(text);
  const meant = nearest === undefined ? '' : `; did you mean ${nearest}?`;
  return new ConfigCommandError(`There is no value ${text}${meant}`, '`quality-hub config print` lists all');
}
