/** `quality-hub config diff <a> <b>`: what differs between two environments. */
import { changedPaths, readPath } from '@quality-hub/config';
import type { CommandContext, ParsedArguments } from '../command-line/command.ts';
import { resolvedHere } from './resolved-here.ts';
import { valueShower } from './shown-value.ts';

export async function diffAction(args: ParsedArguments, context: CommandContext): Promise<number> {
  const { terminal, env } = context;
  const [a = '', b = ''] = args.positionals;
  const [before, after] = [await resolvedHere(args, context, a), await resolvedHere(args, context, b)];
  const show = valueShower(env);
  const shown = (path: string, value: unknown): string | null =>
    value === undefined ? null : show(readPath(path) ?? [], value);
  const changes = changedPaths(before.tree, after.tree).map(change => {
    return { path: change.path, [a]: shown(change.path, change.before), [b]: shown(change.path, change.after) };
  });
  if (args.options.json) terminal.out(JSON.stringify({ changes }, null, 2));
  else if (changes.length === 0) terminal.out(`${a} and ${b} are the same.`);
  else {
    for (const { path, ...of } of changes) {
      terminal.out(terminal.paint('bold', path));
      const [was, is] = [of[a] ?? null, of[b] ?? null];
      if (was !== null) terminal.out(terminal.paint('red', `  - ${was}  ${a}`));
      if (is !== null) terminal.out(terminal.paint('green', `  + ${is}  ${b}`));
    }
  }
  return changes.length === 0 ? 0 : 1;
}
