/** `quality-hub config print [path]`: every effective value, and where it is from. */
import { pathText, readPath } from '@quality-hub/config';
import type { CommandContext, ParsedArguments } from '../command-line/command.ts';
import { nothingThere } from './explain-action.ts';
import { resolvedHere } from './resolved-here.ts';
import { valueShower } from './shown-value.ts';

export async function printAction(args: ParsedArguments, context: CommandContext): Promise<number> {
  const { terminal, env } = context;
  const resolved = await resolvedHere(args, context);
  const show = valueShower(env);
  const [below] = args.positionals;
  const within = below === undefined ? [] : readPath(below);
  const leaves = resolved.leaves.filter(([path]) => within?.every((key, at) => String(path[at]) === String(key)));
  if (below !== undefined && leaves.length === 0) throw nothingThere(below, resolved);
  const rows = leaves.map(([path, value]) => {
    return { path: pathText(path), value: show(path, value), source: resolved.sourceOf(path) };
  });
  if (args.options.json) {
    const { environment = null, files } = resolved;
    terminal.out(JSON.stringify({ environment, files, values: rows }, null, 2));
    return 0;
  }
  for (const { path, value, source } of rows) terminal.out(`${path} = ${value}  ${terminal.paint('dim', source)}`);
  return 0;
}
