/** Flags that are set for a test or for a run, whatever the provider says. */
import { OptionError } from '@quality-hub/protocol';
import { FlagOverrideError, meantName } from '../errors.ts';
import { typeOf } from '../file/read-definitions.ts';
import type { FlagProvider, FlagType, FlagValue, KnownFlag } from '../provider.ts';

/** Names of variants, true and false for a switch, or values. */
export type FlagOverrides = Readonly<Record<string, FlagValue>>;

export interface OverrideLayer {
  /** Who sets them, as reports call it: `QH_FLAGS`. */
  readonly by: string;
  readonly flags: FlagOverrides;
}

export interface Overridden {
  readonly by: string;
  readonly type: FlagType;
  readonly value: FlagValue;
  readonly variant: string;
}

const SWITCH: Readonly<Record<string, boolean>> = { on: true, off: false, true: true, false: false };

/**
 * Reads `newCheckout=on,button=red,limit=50`; a name alone is switched on.
 *
 * @throws {OptionError} (`QH_OPTION`) with everything that is no setting.
 */
export function readOverrides(text: string, variable = 'QH_FLAGS'): FlagOverrides {
  // Not written into an object one by one: `__proto__` would be none of its names.
  const flags = new Map<string, FlagValue>();
  const problems: string[] = [];
  for (const part of text.split(',').map(one => one.trim())) {
    if (part === '') continue;
    const [, name = '', value = 'on'] = /^([^=\s]*)\s*(?:=\s*(.*))?$/.exec(part) ?? [];
    if (name === '' || value === '') problems.push(`"${part}" sets nothing`);
    else if (flags.has(name)) problems.push(`${name} is set twice`);
    else flags.set(name, value);
  }
  if (problems.length > 0) throw new OptionError(variable, problems, `Write ${variable}=newCheckout=on,button=red`);
  return Object.fromEntries(flags);
}

/**
 * What the layers come to, the first that names a flag wins.
 *
 * @param unknown whether a flag that the provider does not know may be set.
 * @throws {FlagOverrideError} (`QH_FLAG_OVERRIDE`) with every name and variant that there is none of.
 */
export function mergeOverrides(
  layers: readonly OverrideLayer[],
  { known, metadata }: Pick<FlagProvider, 'known' | 'metadata'>,
  unknown: 'error' | 'allow',
): ReadonlyMap<string, Overridden> {
  const merged = new Map<string, Overridden>();
  const problems: string[] = [];
  for (const { by, flags } of layers) {
    for (const [name, given] of Object.entries(flags)) {
      if (given === undefined) continue;
      const flag = known?.get(name);
      const said = `${by} sets ${name} to ${JSON.stringify(given)}`;
      if (flag === undefined && known !== undefined && unknown === 'error') {
        problems.push(`${by} sets ${name}, which ${metadata.name} has not${meantName(name, [...known.keys()])}`);
        continue;
      }
      const set = flag === undefined ? asItLooks(given) : ofKnown(flag, given);
      if (set === undefined)
        problems.push(
          `${said}, which is no variant${meantName(typeof given === 'string' ? given : JSON.stringify(given), [...(flag?.variants.keys() ?? [])])}`,
        );
      else if (!merged.has(name)) merged.set(name, { ...set, by });
    }
  }
  if (problems.length > 0) throw new FlagOverrideError(problems);
  return merged;
}

type SetTo = Omit<Overridden, 'by'>;

function ofKnown({ type, variants }: KnownFlag, given: FlagValue): SetTo | undefined {
  if (typeof given === 'string') {
    const named = variants.get(given);
    if (named !== undefined) return { type, value: named, variant: given };
  }
  const wanted = JSON.stringify(
    type === 'boolean' && typeof given === 'string' ? SWITCH[given] : numbered(type, given),
  );
  const found = [...variants].find(([, value]) => JSON.stringify(value) === wanted);
  if (found) return { type, value: found[1], variant: found[0] };
  // A number or an object may have any value: tests try limits that nobody has.
  if (type === 'number' && typeof numbered(type, given) === 'number')
    return { type, value: numbered(type, given), variant: `${given}` };
  return type === 'object' && typeOf(given) === 'object' ? { type, value: given, variant: 'set' } : undefined;
}

function numbered(type: FlagType, given: FlagValue): FlagValue {
  return type === 'number' && typeof given === 'string' && /^-?\d+(?:\.\d+)?$/.test(given) ? Number(given) : given;
}

/** Nothing is known of the flag: `on` is a switch, digits are a number, and any other text is a text. */
function asItLooks(given: FlagValue): SetTo {
  const value = typeof given === 'string' ? (SWITCH[given] ?? numbered('number', given)) : given;
  const type = typeOf(value);
  const variant = type === 'boolean' ? (value ? 'on' : 'off') : type === 'object' ? 'set' : String(value);
  return { type, value, variant };
}
