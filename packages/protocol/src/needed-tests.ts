/** Tests that need other tests: how it stands in their annotations, and what a run tells its workers of it. */

/** Type of the annotations that `needs({ … })` makes; the first word of the description says what is needed. */
export const NEEDS_ANNOTATION = 'qh:needs';
/** Type of the annotation of a test that has run though nobody knows of what it needs. */
export const NEEDS_UNKNOWN_ANNOTATION = 'qh:needs-unknown';

const WORDS = ['test', 'tag'] as const;

/** Other tests that a test needs, as its annotation says it. */
export interface TestNeed {
  readonly by: (typeof WORDS)[number];
  /** A title, `file.spec.ts › title`, or a tag. */
  readonly text: string;
}

/** What annotations say of needed tests, each need once. */
export function testNeedsIn(
  annotations: readonly { readonly type: string; readonly description?: string | undefined }[],
): readonly TestNeed[] {
  const texts = annotations.flatMap(({ type, description }) =>
    type === NEEDS_ANNOTATION && description !== undefined ? [description] : [],
  );
  return [...new Set(texts)].flatMap(written =>
    WORDS.flatMap(by => (written.startsWith(`${by} `) ? [{ by, text: written.slice(by.length + 1) }] : [])),
  );
}

/** One test that is needed. */
export interface NeededTest {
  /** Identity key. */
  readonly test: string;
  readonly title: string;
  /** Of one attempt; 0: none. */
  readonly timeoutMs: number;
  /** Whether its end can be waited for: it may run at the same time, in another worker. */
  readonly mayRunBeside: boolean;
  /** Why its result will not be known in this run. */
  readonly absent?: 'other-shard' | 'not-selected';
}

/** What one test needs of others, as the runner has found them. */
export interface PlannedNeed {
  /** As the test says it: `the test "pays"`, `tests tagged @setup`. */
  readonly said: string;
  /** Empty where the run was asked for some tests only, and none of those is it. */
  readonly tests: readonly NeededTest[];
  /** Why it can never be met: the test fails with this sentence. */
  readonly problem?: string;
  /** Where no test of the run is it: the one that may be meant, `; did you mean "pays"?`, or nothing. */
  readonly meant?: string;
}

/** All needs of a run, by identity keys. */
export interface NeedsPlan {
  readonly needs: Readonly<Record<string, readonly PlannedNeed[]>>;
  /** Tests that somebody needs. */
  readonly needed: readonly string[];
  /** Those that tests of other shards need, with the retries that each has: their workers tell it by the shared state. */
  readonly neededElsewhere: Readonly<Record<string, number>>;
  /** Where it is written how they end: one {@link NeededResult} in a line. */
  readonly results: string;
}

/** News of a test that others need. A later line counts more than an earlier one. */
export interface NeededResult {
  readonly test: string;
  /** `again`: an attempt has failed, and another one follows. */
  readonly state: 'running' | 'passed' | 'failed' | 'skipped' | 'again';
}
