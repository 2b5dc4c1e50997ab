/** Reads what stands behind the name of a subcommand; a wrong word is told with the one that was meant. */
import { parseArgs } from 'node:util';
import { closestName } from '@quality-hub/protocol';
import { UsageError } from '../errors.ts';
import type { Command, OptionSpec, ParsedArguments } from './command.ts';

/** Options that every command has. */
export const COMMON_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  help: { type: 'boolean', short: 'h', help: 'Shows this help.' },
};

/** @throws {UsageError} (`QH_USAGE`) for an unknown option, a missing value or an operand too many. */
export function parseArguments(command: Command, argv: readonly string[]): ParsedArguments {
  const specs = { ...command.options, ...COMMON_OPTIONS };
  const help = `\`quality-hub ${command.name} --help\` lists its options`;
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(
      Object.entries(specs).map(([name, { type, short }]) => [name, { type, ...(short ? { short } : {}) }]),
    ),
    strict: false,
    tokens: true,
  });
  const options: Record<string, string | boolean> = {};
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const spec = Object.hasOwn(specs, token.name) ? specs[token.name] : undefined;
    if (!spec) throw unknownOption(command, token.rawName, Object.keys(specs), help);
    if (spec.type === 'boolean' && token.value !== undefined) {
      throw new UsageError(`${token.rawName} takes no value, "${token.value}" was given`, help);
    }
    // Without `=` a value that looks like an option is more likely a forgotten value.
    const missing = token.value === undefined || (!token.inlineValue && token.value.startsWith('-'));
    if (spec.type === 'string' && missing) {
      throw new UsageError(`${token.rawName} needs a value: ${token.rawName} ${spec.value ?? '<value>'}`, help);
    }
    const before = spec.repeats ? options[token.name] : undefined;
    options[token.name] = before === undefined ? (token.value ?? true) : `${before}\n${token.value}`;
  }
  const extra = positionals[command.maxOperands];
  if (extra !== undefined) {
    throw new UsageError(
      `quality-hub ${command.name} does not know what to do with "${extra}"`,
      `Usage: quality-hub ${command.name} ${command.operands}`.trim(),
    );
  }
  return { positionals, options };
}

/** A whole number of at least 1. @throws {UsageError} (`QH_USAGE`) */
export function positiveInteger(name: string, text: string | boolean | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new UsageError(
    `--${name} is "${text}", a whole number of at least 1 was expected`,
    `For example \`--${name} 20\``,
  );
}

/** One of `names`. @throws {UsageError} (`QH_USAGE`) */
export function oneOf<T extends string>(
  name: string,
  text: string | boolean | undefined,
  names: readonly T[],
): T | undefined {
  if (text === undefined) return undefined;
  const found = names.find(candidate => candidate === text);
  if (found !== undefined) return found;
  throw new UsageError(`--${name} is "${text}"${didYouMean(String(text), names)}`, `It can be ${names.join(', ')}`);
}

export function didYouMean(wrong: string, names: readonly string[]): string {
  const close = closestName(wrong, names);
  return close === undefined ? '' : `; did you mean "${close}"?`;
}

function unknownOption(command: Command, rawName: string, names: readonly string[], help: string): UsageError {
  const close = closestName(rawName.replace(/^-+/, ''), names);
  const meant = close === undefined ? '' : `; did you mean --${close}?`;
  return new UsageError(`quality-hub ${command.name} has no option ${rawName}${meant}`, help);
}
