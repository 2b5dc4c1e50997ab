/** From what a file of flags holds to definitions, or to everything that is wrong with it. */
import { meantName } from '../errors.ts';
import type { FlagType, FlagValue } from '../provider.ts';
import { type Condition, readConditions, type SemverRanges, show } from './conditions.ts';
import type { FlagDefinition, FlagDefinitions, FlagRule, Serving, Split } from './definition.ts';

const FILE_KEYS = ['flags', '$schema'];
const FLAG_KEYS = ['description', 'variants', 'default', 'split', 'rules', 'metadata'];
const RULE_KEYS = ['name', 'when', 'variant', 'split'];
/** Percentages are written with a few digits: a sum is right within this. */
const TOLERANCE = 1e-6;

export interface ReadDefinitions {
  readonly definitions: FlagDefinitions;
  readonly problems: readonly string[];
}

/** @param semver needed where {@link usesSemver} says so. */
export function readDefinitions(file: unknown, semver?: SemverRanges): ReadDefinitions {
  const reading = new Reading(semver);
  const definitions = new Map<string, FlagDefinition>();
  if (!isObject(file)) {
    reading.say(`the file holds ${show(file)}, expected { flags: { … } }`);
    return { definitions, problems: reading.problems };
  }
  reading.keys('', file, FILE_KEYS);
  if (!isObject(file.flags)) reading.say(`flags is ${show(file.flags)}, expected flags by name`);
  else
    for (const [name, given] of Object.entries(file.flags)) {
      const definition = reading.flag(name, given);
      if (definition) definitions.set(name, definition);
    }
  return { definitions, problems: reading.problems };
}

class Reading {
  readonly problems: string[] = [];
  readonly #semver: SemverRanges | undefined;

  constructor(semver: SemverRanges | undefined) {
    this.#semver = semver;
  }

  say(problem: string): void {
    this.problems.push(problem);
  }

  keys(where: string, given: object, allowed: readonly string[]): void {
    for (const key of Object.keys(given)) {
      if (!allowed.includes(key))
        this.say(`${where === '' ? 'the file' : where} has no option ${key}${meantName(key, allowed)}`);
    }
  }

  flag(name: string, given: unknown): FlagDefinition | undefined {
    const where = `flags.${name}`;
    if (!/^[^\s,=]+$/.test(name))
      this.say(`${where}: a name has no blanks, commas or equals signs, which QH_FLAGS could not tell`);
    if (!isObject(given)) {
      this.say(`${where} is ${show(given)}, expected a flag: { default: off }`);
      return undefined;
    }
    this.keys(where, given, FLAG_KEYS);
    const variants = this.#variants(where, given.variants);
    const type = this.#type(where, variants);
    const otherwise = this.#serving(where, given, 'default', variants);
    const rules = this.#rules(where, given.rules, variants);
    const metadata = this.#metadata(where, given.metadata);
    if (given.description !== undefined && typeof given.description !== 'string') {
      this.say(`${where}.description is ${show(given.description)}, expected a text`);
    }
    return otherwise && { name, type, variants, rules, otherwise, metadata };
  }

  /** Variants by name, or a list of names that are their own values; a flag without them is a switch. */
  #variants(where: string, given: unknown): ReadonlyMap<string, FlagValue> {
    if (given === undefined)
      return new Map<string, FlagValue>([
        ['on', true],
        ['off', false],
      ]);
    if (Array.isArray(given) && given.length > 0 && given.every(name => typeof name === 'string' && name !== '')) {
      return new Map(given.map(name => [name, name]));
    }
    if (isObject(given) && Object.keys(given).length > 0)
      return new Map(Object.entries(given) as [string, FlagValue][]);
    this.say(`${where}.variants is ${show(given)}, expected values by name, or a list of names`);
    return new Map();
  }

  #type(where: string, variants: ReadonlyMap<string, FlagValue>): FlagType {
    const types = new Set([...variants.values()].map(typeOf));
    if (types.size > 1) this.say(`${where}.variants are of several types, ${[...types].join(' and ')}; all have one`);
    return [...types][0] ?? 'string';
  }

  #rules(where: string, given: unknown, variants: ReadonlyMap<string, FlagValue>): readonly FlagRule[] {
    if (given === undefined) return [];
    if (!Array.isArray(given)) {
      this.say(`${where}.rules is ${show(given)}, expected a list of rules`);
      return [];
    }
    return given.flatMap((rule: unknown, index) => this.#rule(`${where}.rules[${index}]`, rule, variants));
  }

  #rule(where: string, rule: unknown, variants: ReadonlyMap<string, FlagValue>): readonly FlagRule[] {
    if (!isObject(rule)) {
      this.say(`${where} is ${show(rule)}, expected { when: { … }, variant: … }`);
      return [];
    }
    this.keys(where, rule, RULE_KEYS);
    if (rule.name !== undefined && typeof rule.name !== 'string')
      this.say(`${where}.name is ${show(rule.name)}, expected a text`);
    const serve = this.#serving(where, rule, 'variant', variants);
    const when: Condition[] = [];
    if (!isObject(rule.when) || Object.keys(rule.when).length === 0) {
      this.say(`${where}.when is ${show(rule.when)}, expected conditions by attribute`);
    } else
      for (const [attribute, condition] of Object.entries(rule.when)) {
        const { conditions, problems } = readConditions(
          attribute,
          condition,
          `${where}.when.${attribute}`,
          this.#semver,
        );
        when.push(...conditions);
        this.problems.push(...problems);
      }
    return serve ? [{ name: typeof rule.name === 'string' ? rule.name : undefined, when, serve }] : [];
  }

  #serving(
    where: string,
    given: Readonly<Record<string, unknown>>,
    key: 'default' | 'variant',
    variants: ReadonlyMap<string, FlagValue>,
  ): Serving | undefined {
    const one = given[key];
    if ((one === undefined) === (given.split === undefined)) {
      this.say(
        `${where} has ${one === undefined ? 'neither' : 'both'} ${key} ${one === undefined ? 'nor' : 'and'} split, expected one of them`,
      );
      return undefined;
    }
    if (given.split !== undefined) {
      const split = this.#split(`${where}.split`, given.split, variants);
      return split && { split };
    }
    const variant = variantNamed(one, variants);
    if (variant === undefined)
      this.say(`${where}.${key} is ${show(one)}, which is no variant${meantName(wordOf(one), [...variants.keys()])}`);
    return variant === undefined ? undefined : { variant };
  }

  #split(where: string, given: unknown, variants: ReadonlyMap<string, FlagValue>): Split | undefined {
    if (!isObject(given) || Object.keys(given).length === 0) {
      this.say(`${where} is ${show(given)}, expected percentages by variant`);
      return undefined;
    }
    let below = 0;
    const split: { variant: string; below: number }[] = [];
    for (const [variant, share] of Object.entries(given)) {
      if (!variants.has(variant))
        this.say(`${where}.${variant} is no variant${meantName(variant, [...variants.keys()])}`);
      if (typeof share !== 'number' || !(share >= 0 && share <= 100)) {
        this.say(`${where}.${variant} is ${show(share)}, expected a percentage from 0 to 100`);
        return undefined;
      }
      below += share;
      split.push({ variant, below });
    }
    if (Math.abs(below - 100) > TOLERANCE) this.say(`${where} comes to ${Number(below.toFixed(6))}, expected 100`);
    return split;
  }

  #metadata(where: string, given: unknown): Record<string, string | number | boolean> {
    if (given === undefined) return {};
    if (
      isObject(given) &&
      Object.values(given).every(value => ['string', 'number', 'boolean'].includes(typeof value))
    ) {
      return given as Record<string, string | number | boolean>;
    }
    this.say(`${where}.metadata is ${show(given)}, expected texts, numbers, true or false by name`);
    return {};
  }
}

/** A variant by its name; of a switch also by true and false, as YAML writers are used to. */
export function variantNamed(given: unknown, variants: ReadonlyMap<string, FlagValue>): string | undefined {
  if (typeof given === 'string' && variants.has(given)) return given;
  if (typeof given !== 'boolean') return undefined;
  return [...variants].find(([, value]) => value === given)?.[0];
}

export function typeOf(value: FlagValue): FlagType {
  const type = typeof value;
  return type === 'boolean' || type === 'string' || type === 'number' ? type : 'object';
}

/** What somebody may have meant as a name. */
function wordOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : show(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
