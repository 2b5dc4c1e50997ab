/** About how much memory a value takes: for limits, not for books. */

/** Of an object with its hidden class, and of each of its slots. @see https://v8.dev/blog/pointer-compression (Node has it off) */
const OBJECT_BYTES = 32;
const SLOT_BYTES = 8;
const TEXT_BYTES = 24;

/** A character counts 1, as V8 keeps those up to U+00FF. Names of fields are shared by all objects of one shape. */
export function roughSize(value: unknown): number {
  switch (typeof value) {
    case 'string':
      return TEXT_BYTES + value.length;
    case 'object':
      break;
    default:
      return SLOT_BYTES;
  }
  if (value === null) return SLOT_BYTES;
  if (ArrayBuffer.isView(value)) return OBJECT_BYTES + value.byteLength;
  let bytes = OBJECT_BYTES;
  for (const name in value) bytes += SLOT_BYTES + roughSize((value as Record<string, unknown>)[name]);
  return bytes;
}
