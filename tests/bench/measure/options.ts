/** The command line of a benchmark. */
import { parseArgs } from 'node:util';
import { OptionError } from '@quality-hub/protocol';

/**
 * Reads `--name N` for each of the given names.
 *
 * @throws {OptionError} (`QH_OPTION`) for an unknown option or what is no positive number.
 */
export function readNumbers<Name extends string>(
  args: readonly string[],
  defaults: Readonly<Record<Name, number>>,
): Record<Name, number> {
  const names = Object.keys(defaults) as Name[];
  const options = Object.fromEntries(names.map(name => [name, { type: 'string' as const }]));
  const hint = `This benchmark takes ${names.map(name => `--${name} N`).join(', ')}`;
  let given: Record<string, unknown>;
  try {
    given = parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new OptionError('pnpm bench', [(error as Error).message], hint);
  }
  const numbers = { ...defaults } as Record<Name, number>;
  for (const name of names) {
    if (given[name] === undefined) continue;
    const value = Number(given[name]);
    if (!Number.isInteger(value) || value < 1) {
      throw new OptionError('pnpm bench', [`--${name} is '${given[name]}', expected a whole number from 1`], hint);
    }
    numbers[name] = value;
  }
  return numbers;
}
