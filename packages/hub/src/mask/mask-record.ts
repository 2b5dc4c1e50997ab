/** Takes values out of a line of a spool, or a column of the store, that can still be read afterwards. */
import { MASKED, type Mask } from '@quality-hub/telemetry';

/** What says where a record belongs and what it is, as far down as that is ours and not the test's. */
const OURS: ReadonlySet<string> = new Set(['runId', 'writer', 'at', 'startedAt', 'kind', 'test']);
const OURS_TO_DEPTH = 3;
/** Shorter and shorter: a line may not grow. */
const MARKS = [MASKED, '***', '*', ''];

/**
 * A line with as many bytes as before, with blanks at its end: who has read a spool up to some byte goes on from there. The
 * same string where there was nothing to mask.
 */
export function maskSpoolLine(line: string, mask: Mask): string {
  const bytes = Buffer.byteLength(line);
  for (const mark of MARKS) {
    const masked = maskJsonText(line, mask, { mark });
    if (masked === line) return line;
    const missing = bytes - Buffer.byteLength(masked);
    if (missing >= 0) return masked + ' '.repeat(missing);
  }
  return ' '.repeat(bytes);
}

/**
 * A JSON text with its strings, keys and numbers masked; what is no JSON is masked as the text it is.
 *
 * @param options.depth How deep in a record the text lies: 0 for an event, 1 for a list of evidence.
 */
export function maskJsonText(text: string, mask: Mask, { mark = MASKED, depth = 0 } = {}): string {
  const marked = (value: string): string => {
    const masked = mask.deep(value);
    return masked === value || mark === MASKED ? masked : masked.replaceAll(MASKED, mark);
  };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return marked(text);
  }
  const masked = maskedValue(value, marked, depth);
  return masked === value ? text : JSON.stringify(masked);
}

/** The same value where nothing in it was masked. */
function maskedValue(value: unknown, marked: (text: string) => string, depth: number): unknown {
  if (typeof value === 'string') return marked(value);
  if (typeof value === 'number') {
    const masked = marked(String(value));
    return masked === String(value) ? value : masked;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map(item => maskedValue(item, marked, depth + 1));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  let isChanged = false;
  const entries = Object.entries(value).map(([key, item]): [string, unknown] => {
    if (depth <= OURS_TO_DEPTH && OURS.has(key) && typeof item === 'string') return [key, item];
    const entry: [string, unknown] = [marked(key), maskedValue(item, marked, depth + 1)];
    isChanged ||= entry[0] !== key || entry[1] !== item;
    return entry;
  });
  return isChanged ? Object.fromEntries(entries) : value;
}
