/** `quality-hub config check`: everything that is wrong. */
import type { ResolvedConfig } from '@quality-hub/config';
import { errorSentence, isQualityHubError } from '@quality-hub/protocol';
import type { CommandContext, ParsedArguments } from '../command-line/command.ts';
import { resolvedHere, textOf } from './resolved-here.ts';

interface Checked {
  readonly environment: string | undefined;
  readonly problems: readonly string[];
  readonly notices: readonly string[];
  readonly values: number;
}

export async function checkAction(args: ParsedArguments, context: CommandContext): Promise<number> {
  const { terminal } = context;
  const first = await check(args, context, undefined);
  const others = args.options.all ? await environmentsHere(args, context) : [];
  const checked = [
    ...(args.options.all && others.length > 0 ? [] : [first]),
    ...(await Promise.all(others.map(name => check(args, context, name)))),
  ];
  if (args.options.json) terminal.out(JSON.stringify({ checked }, null, 2));
  else for (const one of checked) print(one, context);
  return checked.every(({ problems }) => problems.length === 0) ? 0 : 1;
}

async function check(
  args: ParsedArguments,
  context: CommandContext,
  environment: string | undefined,
): Promise<Checked> {
  try {
    const resolved: ResolvedConfig = await resolvedHere(args, context, environment);
    const { notices, leaves } = resolved;
    return { environment: resolved.environment, problems: [], notices, values: leaves.length };
  } catch (error) {
    if (!isQualityHubError(error) || error.code === 'QH_CONFIG_COMMAND') throw error;
    const problems = (error as { problems?: readonly string[] }).problems ?? [errorSentence(error)];
    return { environment: environment ?? textOf(args.options.environment), problems, notices: [], values: 0 };
  }
}

/** Of the file as it is, also where the chosen environment is wrong. */
async function environmentsHere(_: ParsedArguments, { cwd, env }: CommandContext): Promise<readonly string[]> {
  const { findConfig, findLocalConfig, loadConfig } = await import('@quality-hub/config');
  const path = findConfig({ from: cwd, cwd, env });
  if (path === undefined) return [];
  const local = findLocalConfig(path);
  const files = await Promise.all(
    [path, ...(local === undefined ? [] : [local])].map(file => loadConfig(file, { env })),
  );
  return [...new Set(files.flatMap(({ config }) => Object.keys(config.environments ?? {})))];
}

function print({ environment, problems, notices, values }: Checked, { terminal }: CommandContext): void {
  const where = environment === undefined ? 'The configuration' : `The environment ${environment}`;
  if (problems.length === 0) terminal.out(`${terminal.paint('green', '✔')} ${where} is right: ${values} values.`);
  else {
    terminal.out(
      `${terminal.paint('red', '✘')} ${where} has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:`,
    );
    for (const problem of problems) terminal.out(`  ${problem}`);
  }
  for (const notice of notices) terminal.out(`  ${notice}`);
}
