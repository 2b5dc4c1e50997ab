/** What is wrong with a definition, all of it at once. */
import { closestName } from '@quality-hub/protocol';
import type { PlainDefinition } from './definition.ts';

const WORDS: readonly (keyof PlainDefinition)[] = [
  'schema',
  'input',
  'key',
  'version',
  'secret',
  'relations',
  'transient',
  'build',
  'traits',
  'afterBuild',
  'create',
  'afterCreate',
  'find',
  'remove',
  'exists',
  'links',
  'stub',
  'attributes',
  'rules',
];

const FUNCTIONS = ['build', 'afterBuild', 'afterCreate', 'find', 'remove', 'exists', 'stub', 'attributes'] as const;
const WAYS = ['api', 'db', 'page'];

export function definitionProblems(name: string, definition: PlainDefinition): readonly string[] {
  return [...nameProblems(name), ...wordProblems(definition), ...relationProblems(definition)];
}

function nameProblems(name: string): readonly string[] {
  const fits = typeof name === 'string' && /^[A-Za-z][\w .-]{0,63}$/.test(name);
  return fits ? [] : ['the name is a letter and then at most 63 letters, digits, spaces, "_", "." and "-"'];
}

function wordProblems(definition: PlainDefinition): readonly string[] {
  const { schema, input, build, version = 1, key, create } = definition;
  const keys = [key ?? 'id'].flat();
  const unknown = Object.keys(definition).filter(word => !WORDS.includes(word as keyof PlainDefinition));
  return [
    ...unknown.map(word => {
      const close = closestName(word, WORDS);
      return `there is no ${word}${close === undefined ? '' : `; did you mean ${close}?`}`;
    }),
    ...(isSchema(schema) ? [] : ['schema is none: expected z.object({ … })']),
    ...(input === undefined || isSchema(input) ? [] : ['input is no schema: expected z.object({ … })']),
    ...(build === undefined ? ['build is missing'] : []),
    ...FUNCTIONS.filter(word => definition[word] !== undefined && typeof definition[word] !== 'function').map(
      word => `${word} is no function`,
    ),
    ...(Number.isInteger(version) && version >= 1 ? [] : [`version is ${version}, expected 1, 2, …`]),
    ...(keys.length > 0 && keys.every(one => typeof one === 'string' && one !== '') ? [] : ['key names no field']),
    ...(create === undefined || typeof create === 'function'
      ? []
      : Object.keys(create)
          .filter(way => !WAYS.includes(way))
          .map(way => `create.${way} is no way: expected ${WAYS.join(', ')}`)),
  ];
}

function relationProblems({ relations = {}, transient = {}, links = {} }: PlainDefinition): readonly string[] {
  const linked: Readonly<Record<string, unknown>> = links;
  return [
    ...Object.keys(relations)
      .filter(name => Object.hasOwn(transient, name))
      .map(name => `${name} is both a relation and transient`),
    ...Object.entries(relations).flatMap(([name, { relation }]) => {
      const needs = relation === 'linksTo' || relation === 'manyToMany';
      if (needs && linked[name] === undefined) return [`links.${name} is missing: how the two are put together`];
      return [];
    }),
    ...Object.keys(linked)
      .filter(name => !['linksTo', 'manyToMany'].includes(relations[name]?.relation ?? ''))
      .map(name => `links.${name} belongs to no relation of linksTo or manyToMany`),
  ];
}

function isSchema(value: unknown): boolean {
  return (typeof value === 'object' || typeof value === 'function') && value !== null && '~standard' in value;
}
