/** What a test left open behind it: how the worker notes it, and how others read and say it. */
import type { Evidence, NoteEvidence } from './evidence.ts';

/** What can be left, the most costly first; said in this order. */
export const LEAK_THINGS = [
  'browser',
  'context',
  'page',
  'API context',
  'server',
  'process',
  'socket',
  'timer',
  'listener',
  'folder',
] as const;
export type LeakThing = (typeof LEAK_THINGS)[number];

export interface Leak {
  readonly thing: LeakThing;
  /** Which one: an address, a command, a path. */
  readonly name: string;
  /** Where in the suite it was opened, `a.spec.ts:12`, where that is known. */
  readonly at?: string;
  /** It was closed by force, and is gone. */
  readonly closed: boolean;
}

/** Name of the note that holds what one attempt has left. */
export const LEAK_NOTE = 'leak';

export function leakNote(left: readonly Leak[]): NoteEvidence {
  return { kind: 'note', name: LEAK_NOTE, data: { left } };
}

/** What a piece of evidence tells of things left open; nothing for all other evidence, also where a test has made the note. */
export function leaksIn(evidence: Evidence): readonly Leak[] {
  if (evidence.kind !== 'note' || evidence.name !== LEAK_NOTE) return [];
  const left = (evidence.data as { left?: unknown } | null | undefined)?.left;
  return Array.isArray(left) ? left.filter(isLeak) : [];
}

/** `2 pages, 1 server`. */
export function leakCounts(left: readonly Pick<Leak, 'thing'>[]): string {
  return LEAK_THINGS.flatMap(thing => {
    const count = left.filter(one => one.thing === thing).length;
    return count === 0 ? [] : [count === 1 ? `1 ${thing}` : `${count} ${plural(thing)}`];
  }).join(', ');
}

/** `a server on port 4000 (a.spec.ts:12)`. */
export function leakWords({ thing, name, at }: Leak): string {
  return `${article(thing)} ${thing}${name === '' ? '' : ` ${name}`}${at === undefined ? '' : ` (${at})`}`;
}

/** What the tests of a run have left, for its last lines: `3 tests left 5 things open: 4 pages, 1 server`. */
export function leakSentence(tests: number, left: readonly Leak[]): string {
  const open = left.filter(({ closed }) => !closed);
  const things = left.length === 1 ? '1 thing' : `${left.length} things`;
  const rest = open.length === 0 ? 'all closed' : open.length === left.length ? '' : `${open.length} not closed`;
  return `${tests === 1 ? '1 test' : `${tests} tests`} left ${things} open: ${leakCounts(left)}${rest === '' ? '' : `; ${rest}`}`;
}

function isLeak(value: unknown): value is Leak {
  const { thing, name, closed } = (value ?? {}) as Partial<Leak>;
  return LEAK_THINGS.includes(thing as LeakThing) && typeof name === 'string' && typeof closed === 'boolean';
}

function plural(thing: LeakThing): string {
  return thing === 'process' ? 'processes' : `${thing}s`;
}

function article(thing: LeakThing): string {
  return thing === 'API context' ? 'an' : 'a';
}
