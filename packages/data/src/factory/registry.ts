/** All factories of a process by name: who removes what others have made finds them here. */
import { fileURLToPath } from 'node:url';
import { closestName } from '@quality-hub/protocol';
import { FactoryNameError, UnknownPartError } from '../errors.ts';
import type { AnyFactory } from './factory.ts';

/** Several copies of this package, loaded from several places, have one list. */
const CELL = Symbol.for('@quality-hub/factories');

interface Registered {
  readonly factory: AnyFactory;
  /** File and line of its `define`. */
  readonly place: string;
}

type Cell = { [CELL]?: Map<string, Registered> };

function registered(): Map<string, Registered> {
  const cell = globalThis as Cell;
  cell[CELL] ??= new Map();
  return cell[CELL];
}

/**
 * The same place may define its factory again: a module is loaded anew where it is watched.
 *
 * @throws {FactoryNameError} (`QH_DATA_NAME`) that names both places.
 */
export function register(factory: AnyFactory, place: string): void {
  const all = registered();
  const before = all.get(factory.name);
  if (before !== undefined && before.place !== place) throw new FactoryNameError(factory.name, [before.place, place]);
  all.set(factory.name, { factory, place });
}

/** Every factory that has been loaded. */
export function factories(): readonly AnyFactory[] {
  return [...registered().values()].map(({ factory }) => factory);
}

/** @throws {UnknownPartError} (`QH_DATA_UNKNOWN`) if none of this name has been loaded. */
export function factoryNamed(name: string): AnyFactory {
  const found = registered().get(name);
  if (found !== undefined) return found.factory;
  const names = [...registered().keys()];
  const close = closestName(name, names);
  throw new UnknownPartError(
    `There is no factory "${name}"${close === undefined ? '' : `; did you mean "${close}"?`}`,
    names.length === 0
      ? 'No module with factories has been loaded'
      : `There ${names.length === 1 ? 'is' : 'are'} ${names.join(', ')}`,
  );
}

/** Where `called` was called: `…/factories.ts:12`. What marks a module that is loaded anew is left out. */
export function placeOfCall(called: (...given: never[]) => unknown): string {
  const site: { stack?: string } = {};
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 1;
  Error.captureStackTrace(site, called);
  Error.stackTraceLimit = stackTraceLimit;
  const [, file, line] = /\(?((?:file:\/\/)?[^\s()]+?)(?:\?[^:]*)?:(\d+):\d+\)?\s*$/.exec(site.stack ?? '') ?? [];
  if (file === undefined) return 'an unknown place';
  return `${file.startsWith('file://') ? fileURLToPath(file) : file}:${line}`;
}
