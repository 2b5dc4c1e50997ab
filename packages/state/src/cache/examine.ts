/** Looks through a value once: freezes it, estimates its size, and finds out what it can be kept as. */
import { types } from 'node:util';
import type { ValueForm } from './cache-entry.ts';

export interface Examined {
  readonly form: ValueForm;
  /** Bytes in memory, estimated: a character counts 1, a number 8, an object 32 and 16 for each of its names. */
  readonly bytes: number;
}

/**
 * Plain objects and lists in `value` are frozen, so that no reader changes what another one gets. JSON that would not come back
 * as it was (dates, maps, `undefined`, `NaN`) is kept as a structured clone; what has behaviour of its own (functions, classes,
 * streams) never leaves the memory of its process.
 */
export function examine(value: unknown): Examined {
  const seen = new Set<object>();
  const pending: unknown[] = [value];
  let form: ValueForm = 'json';
  let bytes = 0;
  const atMost = (other: ValueForm): void => {
    if (form !== 'memory-only') form = other;
  };
  while (pending.length > 0) {
    const one = pending.pop();
    switch (typeof one) {
      case 'string':
        bytes += one.length + 16;
        // JSON keeps halves of characters; files and other stores do not.
        if (form === 'json' && !one.isWellFormed()) atMost('clone');
        continue;
      case 'number':
        bytes += 8;
        if (!Number.isFinite(one) || Object.is(one, -0)) atMost('clone');
        continue;
      case 'boolean':
        bytes += 4;
        continue;
      case 'bigint':
      case 'undefined':
        bytes += 8;
        atMost('clone');
        continue;
      case 'object':
        break;
      default:
        atMost('memory-only');
        continue;
    }
    if (one === null) continue;
    if (seen.has(one)) {
      // JSON would make two of it, or never end.
      atMost('clone');
      continue;
    }
    seen.add(one);
    bytes += 32;
    if (Array.isArray(one) || isPlain(one)) {
      bytes += lookInto(one, pending, atMost);
      Object.freeze(one);
    } else if (types.isDate(one) && Object.getPrototypeOf(one) === Date.prototype) atMost('clone');
    else if (types.isMap(one) && Object.getPrototypeOf(one) === Map.prototype) {
      atMost('clone');
      for (const pair of one) pending.push(...pair);
    } else if (types.isSet(one) && Object.getPrototypeOf(one) === Set.prototype) {
      atMost('clone');
      pending.push(...one);
    } else if (ArrayBuffer.isView(one) && !Buffer.isBuffer(one)) {
      atMost('clone');
      bytes += one.byteLength;
    } else atMost('memory-only');
  }
  return { form, bytes };
}

function lookInto(one: object, pending: unknown[], atMost: (form: ValueForm) => void): number {
  let bytes = 0;
  if (Object.getOwnPropertySymbols(one).length > 0 || 'toJSON' in one) atMost('memory-only');
  const names = Object.keys(one);
  // Holes, and lists with names of their own.
  if (Array.isArray(one) && names.length !== one.length) atMost('clone');
  for (const name of names) {
    const property = Object.getOwnPropertyDescriptor(one, name);
    if (property?.get || property?.set) atMost('memory-only');
    else pending.push(property?.value);
    if (!Array.isArray(one)) bytes += 16;
  }
  return bytes;
}

function isPlain(one: object): boolean {
  const prototype = Object.getPrototypeOf(one);
  return prototype === Object.prototype || prototype === null;
}
