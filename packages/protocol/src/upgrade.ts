/** Reads events of older versions: one small step per version, chained up to the current one. */
import { EventError } from './errors.ts';
import { PROTOCOL_VERSION, type RunEvent } from './events.ts';

type Loose = Record<string, unknown>;

/** From version n to n + 1. */
const STEPS: Readonly<Record<number, (event: Loose) => Loose>> = {
  1: fromVersion1,
};

/**
 * Brings a parsed event to the current version. Says nothing about the rest of its shape: `protocol/schema` does.
 *
 * @throws {EventError} (`QH_EVENT`) if it is no event, or newer than this code.
 */
export function upgradeEvent(value: unknown): RunEvent {
  if (typeof value !== 'object' || value === null || typeof (value as Loose).v !== 'number') {
    throw new EventError(`Not a run event: ${describe(value)}`, 'An event is an object with a version in `v`.');
  }
  let event = value as Loose;
  while (event.v !== PROTOCOL_VERSION) {
    const step = STEPS[event.v as number];
    if (!step) throw unknownVersion(event.v);
    event = step(event);
  }
  return event as unknown as RunEvent;
}

/** Version 1 counted durations in seconds, named the run `run`, and gave an ended test one error at most. */
function fromVersion1(event: Loose): Loose {
  const { run, duration, error, ...rest } = event;
  const next: Loose = { ...rest, v: 2, runId: run };
  if (typeof duration === 'number') next.durationMs = Math.round(duration * 1000);
  if (event.kind === 'test.ended') next.errors = error === undefined ? [] : [error];
  else if (error !== undefined) next.error = error;
  return next;
}

function unknownVersion(version: unknown): EventError {
  return new EventError(
    `Event of version ${String(version)}; this Quality Hub reads versions 1 to ${PROTOCOL_VERSION}`,
    'Update Quality Hub to the version that wrote it, or a newer one.',
  );
}

function describe(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
