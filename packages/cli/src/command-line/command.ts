/** What a subcommand is. */
import type { Terminal } from '../terminal/terminal.ts';

export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  /** Name of the value in the help, such as `<number>`. */
  readonly value?: string;
  readonly help: string;
  /** May stand several times: the values, each on a line of its own. */
  readonly repeats?: true;
}

export interface CommandContext {
  readonly terminal: Terminal;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

export interface ParsedArguments {
  readonly positionals: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
}

export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What stands behind the name, such as `[run]`. */
  readonly operands: string;
  readonly maxOperands: number;
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** Paragraphs of the help. */
  readonly about: readonly string[];
  readonly examples: readonly (readonly [command: string, meaning: string])[];
  /** What exit codes 0 and 1 mean here. */
  readonly exits: { readonly 0: string; readonly 1: string };
  run(args: ParsedArguments, context: CommandContext): Promise<number>;
}
