/**
 * Cheap checks of an event's shape, one per kind: just enough that storing and judging it cannot fail.
 *
 * The full schema lives in `@quality-hub/protocol/schema`. It costs time and memory, so it is only asked for the reason
 * when a line fails here.
 */
import type { EventKind } from '@quality-hub/protocol';

type Loose = Record<string, unknown>;
type Check = (event: Loose) => boolean;

const CHECKS: Readonly<Record<EventKind, Check>> = {
  'run.started': e =>
    isText(e.project) &&
    isText(e.mode) &&
    isCount(e.shards) &&
    isText(e.startedAt) &&
    isText(e.host) &&
    isCount(e.pid) &&
    isText(e.rootDir) &&
    (e.outputDirs === undefined || (Array.isArray(e.outputDirs) && e.outputDirs.every(isText))),
  'test.planned': e => isList(e.tests, isPlannedTest),
  'worker.started': e => isCount(e.pid),
  'test.started': isAttempt,
  'test.steps': e => isAttempt(e) && isList(e.steps, isStep),
  output: e => isText(e.text) && isText(e.stream) && (e.test === undefined || isAttempt(e)),
  evidence: e => isText(e.test) && isCount(e.retry) && isOptionalText(e.startedAt) && isList(e.records, isRecord),
  attachment: e => isAttempt(e) && isText(e.name) && isText(e.contentType),
  'test.ended': e =>
    isAttempt(e) &&
    isText(e.status) &&
    isText(e.expectedStatus) &&
    isNumber(e.durationMs) &&
    isList(e.errors, isError) &&
    isList(e.annotations, isAnnotation),
  error: e => isError(e.error),
  'run.ended': e => isText(e.status) && isText(e.startedAt) && isNumber(e.durationMs),
  'run.closed': e => isList(e.writers, w => isText(w.writer) && isCount(w.lastSeq) && isText(w.reason)),
  heartbeat: () => true,
};

/** True for the kinds that this version knows. */
export function isKnownKind(kind: string): kind is EventKind {
  return Object.hasOwn(CHECKS, kind);
}

/** True when the fields around every event are there. */
export function hasEnvelope(e: Loose): boolean {
  return (
    isText(e.runId) &&
    e.runId !== '' &&
    isText(e.writer) &&
    e.writer !== '' &&
    isCount(e.seq) &&
    e.seq !== 0 &&
    isCount(e.shard) &&
    isText(e.at) &&
    isText(e.kind)
  );
}

/** True when the fields of its kind are there. */
export function hasShape(kind: EventKind, event: Loose): boolean {
  return CHECKS[kind](event);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isOptionalText(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isObject(value: unknown): value is Loose {
  return typeof value === 'object' && value !== null;
}

function isList(value: unknown, item: Check): boolean {
  return Array.isArray(value) && value.every(entry => isObject(entry) && item(entry));
}

function isAttempt(e: Loose): boolean {
  return isText(e.test) && isCount(e.retry) && isText(e.startedAt);
}

function isStep(step: Loose): boolean {
  return isText(step.title) && isText(step.category) && isOptionalText(step.error);
}

function isAnnotation(annotation: Loose): boolean {
  return isText(annotation.type) && isOptionalText(annotation.description);
}

function isRecord(record: Loose): boolean {
  return (
    isText(record.writer) &&
    isCount(record.seq) &&
    record.seq !== 0 &&
    isText(record.at) &&
    isObject(record.evidence) &&
    isText(record.evidence.kind)
  );
}

function isLocation(value: unknown): boolean {
  return isObject(value) && isText(value.file) && isCount(value.line) && isCount(value.column);
}

function isError(value: unknown): boolean {
  return (
    isObject(value) &&
    isText(value.message) &&
    isOptionalText(value.stack) &&
    (value.location === undefined || isLocation(value.location)) &&
    (value.cause === undefined || isError(value.cause))
  );
}

function isPlannedTest(test: Loose): boolean {
  const identity = test.identity;
  return (
    isText(test.test) &&
    isObject(identity) &&
    isText(identity.file) &&
    isText(identity.playwrightProject) &&
    Array.isArray(identity.titlePath) &&
    identity.titlePath.every(isText) &&
    isLocation(test.location) &&
    Array.isArray(test.tags) &&
    test.tags.every(isText) &&
    isList(test.annotations, isAnnotation) &&
    isCount(test.retries) &&
    isNumber(test.timeoutMs) &&
    isText(test.expectedStatus)
  );
}
