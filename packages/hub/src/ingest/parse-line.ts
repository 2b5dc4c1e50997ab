/** From a line of a spool to an event, or to the reason why it is none. Never throws. */
import { errorSentence, type RunEvent, upgradeEvent } from '@quality-hub/protocol';
import { hasEnvelope, hasShape, isKnownKind } from './shape.ts';

/** An event of a kind that this version does not know; kept as it came. */
export interface UnknownKindEvent {
  readonly runId: string;
  readonly shard: number;
  readonly writer: string;
  readonly seq: number;
  readonly at: string;
  readonly kind: string;
}

export type ParsedLine =
  /** `line` is its text, where that is what the event was read from: older versions were rewritten on the way. */
  | { readonly type: 'event'; readonly event: RunEvent; readonly line?: string }
  | { readonly type: 'aside'; readonly event: UnknownKindEvent; readonly line: string }
  | RejectedLine;

export interface RejectedLine {
  readonly type: 'rejected';
  /** Why, without the line's own content: one reason counts many lines. */
  readonly reason: string;
  /** Present where the line still tells its number. */
  readonly writer?: string;
  readonly seq?: number;
  /** The parsed value, where only its shape is wrong: the schema can say more. */
  readonly value?: unknown;
}

export function parseLine(line: string): ParsedLine {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { type: 'rejected', reason: 'not JSON', ...numberIn(line) };
  }
  let event: Record<string, unknown>;
  try {
    event = upgradeEvent(value) as unknown as Record<string, unknown>;
  } catch (error) {
    return { type: 'rejected', reason: errorSentence(error).slice(0, 200), ...numberOf(value) };
  }
  if (!hasEnvelope(event)) return { type: 'rejected', reason: 'no envelope', value: event, ...numberOf(event) };
  const kind = event.kind as string;
  if (!isKnownKind(kind)) return { type: 'aside', event: event as unknown as UnknownKindEvent, line };
  if (!hasShape(kind, event)) {
    return { type: 'rejected', reason: `${kind} has a wrong shape`, value: event, ...numberOf(event) };
  }
  return { type: 'event', event: event as unknown as RunEvent, ...(event === value ? { line } : {}) };
}

function numberOf(value: unknown): { writer?: string; seq?: number } {
  if (typeof value !== 'object' || value === null) return {};
  const { writer, seq } = value as Record<string, unknown>;
  return typeof writer === 'string' && Number.isSafeInteger(seq) && (seq as number) > 0
    ? { writer, seq: seq as number }
    : {};
}

/** The envelope comes first in a line, so a line that is damaged further on still tells its number. */
function numberIn(line: string): { writer?: string; seq?: number } {
  const match = /^\{"v":\d+,"runId":"[^"\\]*","shard":\d+,"writer":"([^"\\]+)","seq":([1-9]\d{0,14}),/.exec(line);
  return match?.[1] === undefined ? {} : { writer: match[1], seq: Number(match[2]) };
}
