/** A definition, checked once and taken apart, so that building pays for nothing twice. */
import { closestName, OptionError } from '@quality-hub/protocol';
import type { Via } from '../create/context.ts';
import { UnknownPartError } from '../errors.ts';
import { hash32 } from '../random/generator.ts';
import type { Create, PlainDefinition } from './definition.ts';
import { definitionProblems } from './definition-problems.ts';
import type { BelongsTo, Relation } from './relations.ts';

export interface NamedRelation<R extends Relation = Relation> {
  readonly name: string;
  readonly hash: number;
  /** Among those of its factory. */
  readonly position: number;
  readonly relation: R;
}

/** What a caller has given, by what it is. */
export interface Wish {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly relations: Readonly<Record<string, unknown>>;
  readonly params: object;
  /** Fields are given. */
  readonly changes: boolean;
}

export interface Parts {
  readonly name: string;
  readonly version: number;
  readonly hash: number;
  readonly definition: PlainDefinition;
  readonly keys: readonly string[];
  readonly relations: readonly NamedRelation[];
  readonly parents: readonly NamedRelation<BelongsTo>[];
  /** By way; one that has no name is under ''. */
  readonly ways: ReadonlyMap<Via | '', Create<Readonly<Record<string, unknown>>>>;
  /** @throws {UnknownPartError} (`QH_DATA_UNKNOWN`) */
  checkTraits(names: readonly string[]): void;
  /** @throws {OptionError} (`QH_OPTION`) */
  checkGiven(given: object): void;
  wishFrom(given: Readonly<Record<string, unknown>>): Wish;
}

const NOTHING = Object.freeze({});

/** @throws {OptionError} (`QH_OPTION`) with everything that is wrong. */
export function compile(name: string, definition: PlainDefinition): Parts {
  const problems = definitionProblems(name, definition);
  if (problems.length > 0) throw new OptionError(`define(${JSON.stringify(name)})`, problems);
  const { relations = {}, transient = NOTHING, traits = {}, create, key = 'id', version = 1 } = definition;
  const named = Object.entries(relations).map(([relation, value], position) => {
    return { name: relation, hash: hash32(relation), position, relation: value };
  });
  const ways = typeof create === 'function' ? [['', create] as const] : Object.entries(create ?? {});
  const fields = fieldsOf(definition.input ?? definition.schema);
  const known = fields && new Set([...fields, ...Object.keys(relations), ...Object.keys(transient)]);
  const untouched: Wish = { fields: NOTHING, relations: NOTHING, params: transient, changes: false };
  return {
    name,
    version,
    hash: hash32(name),
    definition,
    keys: [key].flat() as readonly string[],
    relations: named,
    parents: named.filter((one): one is NamedRelation<BelongsTo> => one.relation.relation === 'belongsTo'),
    ways: new Map(ways as [Via | '', Create<Readonly<Record<string, unknown>>>][]),
    checkTraits: wanted => {
      for (const trait of wanted) {
        if (Object.hasOwn(traits, trait)) continue;
        const names = Object.keys(traits);
        const close = closestName(trait, names);
        throw new UnknownPartError(
          `"${name}" has no trait "${trait}"${close === undefined ? '' : `; did you mean "${close}"?`}`,
          names.length === 0 ? 'It has no traits at all' : `It has ${names.join(', ')}`,
        );
      }
    },
    checkGiven: given => {
      // What a schema takes is not always told: of a union, say.
      const wrong = known ? Object.keys(given).filter(field => !known.has(field)) : [];
      if (wrong.length === 0) return;
      const told = wrong.map(field => {
        const close = closestName(field, [...(known ?? [])]);
        return `there is no ${field}${close === undefined ? '' : `; did you mean ${close}?`}`;
      });
      throw new OptionError(name, told, 'A field of what is sent, a relation or a transient parameter can be given');
    },
    wishFrom: given => {
      const entries = Object.entries(given);
      if (entries.length === 0) return untouched;
      const wish = { fields: {}, relations: {}, params: {} } as Record<
        'fields' | 'relations' | 'params',
        Record<string, unknown>
      >;
      for (const [field, value] of entries) {
        const kind = Object.hasOwn(relations, field)
          ? 'relations'
          : Object.hasOwn(transient, field)
            ? 'params'
            : 'fields';
        wish[kind][field] = value;
      }
      return {
        fields: wish.fields,
        relations: wish.relations,
        params: { ...transient, ...wish.params },
        changes: Object.keys(wish.fields).length > 0,
      };
    },
  };
}

/** Of a schema that tells its fields, as zod's objects do. */
export function fieldsOf(schema: unknown): readonly string[] | undefined {
  const { shape } = schema as { readonly shape?: unknown };
  return typeof shape === 'object' && shape !== null ? Object.keys(shape) : undefined;
}
