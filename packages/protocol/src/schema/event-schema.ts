/** Run events as they cross a trust line: the schemas of every kind, one for one with the types in `events.ts`. */
import { z } from 'zod';
import { PROTOCOL_VERSION, type RunError, type RunEvent } from '../events.ts';
import { evidenceRecordSchema } from './evidence-schema.ts';
import type { Equal, Holds, Mutable } from './same-type.ts';

const instant = z.iso.datetime().meta({ id: 'Instant' });
const count = z.int().min(0);
const testStatus = z.enum(['passed', 'failed', 'timedOut', 'skipped', 'interrupted']);
const runStatus = z.enum(['passed', 'failed', 'timedout', 'interrupted']);

const location = z.object({ file: z.string(), line: z.number(), column: z.number() }).meta({ id: 'SourceLocation' });
const annotation = z.object({ type: z.string(), description: z.string().exactOptional() });

const runError: z.ZodType<Mutable<RunError>> = z
  .object({
    message: z.string(),
    stack: z.string().exactOptional(),
    snippet: z.string().exactOptional(),
    location: location.exactOptional(),
    get cause() {
      return runError.exactOptional();
    },
  })
  .meta({ id: 'RunError' });

const identity = z
  .object({
    project: z.string(),
    playwrightProject: z.string(),
    file: z.string(),
    titlePath: z.array(z.string()),
    repeatEachIndex: count,
    id: z.string().exactOptional(),
  })
  .meta({ id: 'TestIdentity' });

const attempt = { test: z.string().min(1), retry: count, startedAt: instant };
const place = { workerIndex: z.int(), parallelIndex: z.int() };

const step = z
  .object({
    id: z.int().min(1),
    parent: z.int().exactOptional(),
    title: z.string(),
    subtitle: z.string().exactOptional(),
    category: z.string(),
    params: z.record(z.string(), z.unknown()).exactOptional(),
    startedAt: instant,
    durationMs: z.number(),
    location: location.exactOptional(),
    error: z.string().exactOptional(),
  })
  .meta({ id: 'Step' });

const planned = z
  .object({
    test: z.string().min(1),
    identity,
    location,
    tags: z.array(z.string()),
    annotations: z.array(annotation),
    retries: count,
    timeoutMs: z.number(),
    expectedStatus: testStatus,
  })
  .meta({ id: 'PlannedTest' });

const project = z.object({
  name: z.string(),
  retries: count,
  timeoutMs: z.number(),
  dependencies: z.array(z.string()),
});

const closedWriter = z.object({ writer: z.string().min(1), lastSeq: z.int().min(1), reason: z.string() });

/** What every event has around it. */
export const envelopeSchema = z.object({
  v: z.literal(PROTOCOL_VERSION),
  runId: z.string().min(1),
  shard: z.int().min(1),
  writer: z.string().min(1),
  seq: z.int().min(1),
  at: instant,
});

const envelope = envelopeSchema.shape;

function event<S extends z.ZodRawShape>(body: S) {
  return z.object({ ...envelope, ...body });
}

/**
 * One line of a spool. Extra keys are dropped, not refused: an older reader understands what it knows of a newer
 * writer's event. Bring older events up with `upgradeEvent` first, or use `readEvent`.
 */
export const runEventSchema = z.discriminatedUnion('kind', [
  event({
    kind: z.literal('run.started'),
    project: z.string(),
    mode: z.enum(['test', 'merge']),
    shards: z.int().min(1),
    startedAt: instant,
    workers: count,
    projects: z.array(project),
    rootDir: z.string(),
    outputDirs: z.array(z.string()).exactOptional(),
    playwrightVersion: z.string(),
    nodeVersion: z.string(),
    platform: z.string(),
    host: z.string(),
    pid: z.int(),
    failOnFlakyTests: z.boolean(),
    shuffleSeed: z.string().exactOptional(),
    ci: z.object({ name: z.string(), buildUrl: z.string().exactOptional() }).exactOptional(),
    commit: z.object({ hash: z.string(), branch: z.string().exactOptional() }).exactOptional(),
  }),
  event({ kind: z.literal('test.planned'), tests: z.array(planned) }),
  event({ kind: z.literal('worker.started'), ...place, pid: z.int() }),
  event({ kind: z.literal('test.started'), ...attempt, ...place }),
  event({ kind: z.literal('test.steps'), ...attempt, steps: z.array(step) }),
  event({
    kind: z.literal('output'),
    test: attempt.test.exactOptional(),
    retry: attempt.retry.exactOptional(),
    startedAt: attempt.startedAt.exactOptional(),
    stream: z.enum(['stdout', 'stderr']),
    text: z.string(),
  }),
  event({
    kind: z.literal('evidence'),
    test: attempt.test,
    retry: attempt.retry,
    startedAt: attempt.startedAt.exactOptional(),
    records: z.array(evidenceRecordSchema),
  }),
  event({
    kind: z.literal('attachment'),
    ...attempt,
    name: z.string(),
    contentType: z.string(),
    path: z.string().exactOptional(),
    sizeBytes: z.number().exactOptional(),
  }),
  event({
    kind: z.literal('test.ended'),
    ...attempt,
    ...place,
    status: testStatus,
    expectedStatus: testStatus,
    durationMs: z.number(),
    errors: z.array(runError),
    annotations: z.array(annotation),
  }),
  event({ kind: z.literal('error'), error: runError, workerIndex: z.int().exactOptional() }),
  event({
    kind: z.literal('run.ended'),
    status: runStatus,
    startedAt: instant,
    durationMs: z.number(),
    leftovers: z.object({ count: z.int(), failed: z.int(), oldestMs: z.number() }).exactOptional(),
  }),
  event({ kind: z.literal('run.closed'), writers: z.array(closedWriter) }),
  event({ kind: z.literal('heartbeat') }),
]);

// The build fails here when a schema and its plain type are no longer the same.
export type EventSchemasMatch = Holds<
  [Equal<z.output<typeof runEventSchema>, Mutable<RunEvent>>, Equal<z.output<typeof runError>, Mutable<RunError>>]
>;
