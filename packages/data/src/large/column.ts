/** One column: it begins as the smallest form that takes its first value, and grows into a larger one when it must. */
import { roughSize } from './rough-size.ts';

export interface ColumnBuilder {
  readonly bytes: number;
  set(index: number, value: unknown): void;
  /** All rows are in: lets go of what is not needed. */
  end(length: number): void;
  get(index: number): unknown;
  /** Whether a row has this value. */
  finder(value: unknown): (index: number) => boolean;
}

type Form = 'int' | 'float' | 'text' | 'any';

/** Of texts: what stands for no text. */
const NO_TEXT: readonly unknown[] = [undefined, null, true, false];
/** Texts that hardly come twice are not worth a dictionary; looked at when there are so many. */
const LOOK_AT = 65_536;
const FEW01 = 0.5;
const FIRST = 1_024;

export function makeColumn(): ColumnBuilder {
  return new Column();
}

type Numbers =
  | Int32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>;

class Column implements ColumnBuilder {
  #form: Form | undefined;
  #numbers: Numbers = new Int32Array(FIRST);
  /** Rows without a number: null, or undefined where nothing is said. Rows behind the end have none. */
  #gaps = new Map<number, null | undefined>();
  #count = 0;
  #texts: unknown[] = [...NO_TEXT];
  #codes = new Map<unknown, number>(NO_TEXT.map((value, code) => [value, code]));
  #values: unknown[] = [];

  get bytes(): number {
    if (this.#form === 'any') return roughSize(this.#values);
    return this.#numbers.byteLength + this.#gaps.size * 24 + (this.#form === 'text' ? roughSize(this.#texts) : 0);
  }

  set(index: number, value: unknown): void {
    for (; this.#count < index; this.#count++) this.#put(this.#count, undefined);
    this.#put(index, value);
    this.#count = index + 1;
  }

  end(length: number): void {
    for (; this.#count < length; this.#count++) this.#put(this.#count, undefined);
    this.#codes = new Map();
    const used = this.#numbers.subarray(0, this.#form === 'any' ? 0 : length);
    const codes = this.#form === 'text' ? this.#texts.length : Number.POSITIVE_INFINITY;
    this.#numbers = codes <= 256 ? Uint8Array.from(used) : codes <= 65_536 ? Uint16Array.from(used) : used.slice();
  }

  get(index: number): unknown {
    if (!(index >= 0 && index < this.#count)) return undefined;
    if (this.#form === 'any') return this.#values[index];
    const number = this.#numbers[index] as number;
    if (this.#form === 'text') return this.#texts[number];
    return this.#gaps.has(index) ? this.#gaps.get(index) : number;
  }

  finder(value: unknown): (index: number) => boolean {
    if (this.#form !== 'text') return index => this.get(index) === value;
    const code = this.#texts.indexOf(value);
    return code < 0 ? () => false : index => this.#numbers[index] === code;
  }

  #put(index: number, value: unknown): void {
    const wanted = formOf(value);
    if (this.#form === undefined && wanted !== undefined) this.#begin(wanted, index);
    if (this.#form === 'any') {
      this.#values[index] = value;
      return;
    }
    if (wanted !== undefined && wanted !== this.#form) {
      if (this.#form === 'int' && wanted === 'float') {
        this.#numbers = this.#grown(Float64Array, this.#numbers.length);
        this.#form = 'float';
      } else if (this.#form !== 'float' || wanted !== 'int') {
        this.#toAny(index, value);
        return;
      }
    }
    this.#makeRoom(index);
    if (this.#form === 'text') this.#putText(index, value);
    else if (typeof value === 'number') this.#numbers[index] = value;
    else this.#gaps.set(index, value as null | undefined);
  }

  /** The first value tells the form; before it were only gaps. */
  #begin(form: Form, index: number): void {
    this.#form = form;
    if (form === 'float') this.#numbers = new Float64Array(Math.max(FIRST, index + 1));
    if (form !== 'text' && form !== 'any') return;
    const gaps = this.#gaps;
    this.#gaps = new Map();
    if (form === 'any') {
      this.#numbers = new Int32Array(0);
      this.#values = Array.from({ length: index }, (_, row) => gaps.get(row));
      return;
    }
    this.#numbers = new Uint32Array(Math.max(FIRST, index + 1));
    for (let row = 0; row < index; row++) this.#numbers[row] = gaps.get(row) === null ? 1 : 0;
  }

  #putText(index: number, value: unknown): void {
    let code = this.#codes.get(value);
    if (code === undefined) {
      code = this.#texts.length;
      this.#texts.push(value);
      this.#codes.set(value, code);
      if (code >= LOOK_AT && code > index * FEW01 && code % LOOK_AT === 0) {
        this.#toAny(index, value);
        return;
      }
    }
    this.#numbers[index] = code;
  }

  #toAny(index: number, value: unknown): void {
    const values = Array.from({ length: index }, (_, row) => this.#valueAt(row));
    values[index] = value;
    this.#form = 'any';
    this.#values = values;
    this.#numbers = new Int32Array(0);
    this.#gaps = new Map();
    this.#texts = [];
    this.#codes = new Map();
  }

  #valueAt(row: number): unknown {
    const number = this.#numbers[row] as number;
    if (this.#form === 'text') return this.#texts[number];
    return this.#gaps.has(row) ? this.#gaps.get(row) : number;
  }

  #makeRoom(index: number): void {
    if (index < this.#numbers.length) return;
    const size = Math.max(index + 1, Math.ceil(this.#numbers.length * 1.5));
    this.#numbers =
      this.#form === 'float'
        ? this.#grown(Float64Array, size)
        : this.#form === 'text'
          ? this.#grown(Uint32Array, size)
          : this.#grown(Int32Array, size);
  }

  #grown<A extends Int32Array<ArrayBuffer> | Float64Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>(
    Kind: new (length: number) => A,
    size: number,
  ): A {
    const grown = new Kind(size);
    grown.set(this.#numbers as never);
    return grown;
  }
}

/** Undefined for what fits everywhere. */
function formOf(value: unknown): Form | undefined {
  switch (typeof value) {
    case 'number':
      return (value | 0) === value && !Object.is(value, -0) ? 'int' : 'float';
    case 'string':
    case 'boolean':
      return 'text';
    case 'undefined':
      return undefined;
    default:
      return value === null ? undefined : 'any';
  }
}
