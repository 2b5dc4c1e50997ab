/** The pipeline against models of it: random outcomes, times, aborts and deadlines on a clock that tests move. */
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createPolicy } from '../create-policy.ts';
import { type Outcome, scripted } from '../testing/scripted-work.ts';
import { watched } from '../testing/settled.ts';
import { codeError, statusError } from '../testing/status-error.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] }));
afterEach(() => vi.useRealTimers());

const advance = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const RUNS = { numRuns: 300 };

type Kind = 'ok' | 'transient' | 'permanent' | 'hang';
interface Planned {
  readonly kind: Kind;
  readonly afterMs: number;
}

const ERRORS = { transient: codeError('ECONNREFUSED'), permanent: statusError(400) } as const;

function outcomeOf({ kind, afterMs }: Planned): Outcome {
  if (kind === 'hang') return 'hang';
  return kind === 'ok' ? { ok: 'ok', afterMs } : { error: ERRORS[kind], afterMs };
}

interface Plan {
  readonly outcomes: readonly Planned[];
  readonly retries: number;
  readonly timeoutMs: number;
  readonly deadlineMs: number;
  readonly abortMs: number;
}

const BASE_MS = 100;

/** What must become of one call, `isCut` where the signal of its last attempt was aborted: written as one would explain it, not as the pipeline does it. */
function model({ outcomes, retries, timeoutMs, deadlineMs, abortMs }: Plan) {
  let atMs = 0;
  for (let attempt = 1; ; attempt++) {
    const planned = outcomes[Math.min(attempt, outcomes.length) - 1] ?? { kind: 'hang', afterMs: 0 };
    const ownMs = planned.kind === 'hang' ? Number.POSITIVE_INFINITY : atMs + planned.afterMs;
    const endMs = Math.min(ownMs, atMs + timeoutMs, deadlineMs, abortMs);
    if (endMs === abortMs) return { result: 'aborted', atMs: endMs, attempts: attempt, isCut: true };
    if (endMs === deadlineMs) return { result: 'QH_DEADLINE', atMs: endMs, attempts: attempt, isCut: true };
    const result = endMs === ownMs ? planned.kind : 'QH_TIMEOUT';
    const delayMs = BASE_MS * 2 ** (attempt - 1);
    const isLast = result === 'ok' || result === 'permanent' || attempt > retries || endMs + delayMs >= deadlineMs;
    if (isLast) return { result, atMs: endMs, attempts: attempt, isCut: result === 'QH_TIMEOUT' };
    if (abortMs < endMs + delayMs)
      return { result: 'aborted', atMs: abortMs, attempts: attempt, isCut: endMs !== ownMs };
    atMs = endMs + delayMs;
  }
}

function resultOf({ state, value }: { readonly state: string; readonly value?: unknown }): string {
  if (state !== 'rejected') return state === 'fulfilled' ? 'ok' : state;
  if (value === ERRORS.transient) return 'transient';
  if (value === ERRORS.permanent) return 'permanent';
  return value instanceof Error && value.message === 'abort' ? 'aborted' : String((value as { code?: string }).code);
}

/** Each source of an end has its own remainder of a hundred, so that no two ever fall into the same millisecond. */
const hundreds = (max: number, rest: number) => fc.integer({ min: 0, max }).map(count => count * 100 + rest);

const plans: fc.Arbitrary<Plan> = fc.record({
  outcomes: fc.array(
    fc.record({
      kind: fc.constantFrom<Kind>('ok', 'transient', 'transient', 'permanent', 'hang'),
      afterMs: hundreds(8, 100),
    }),
    { minLength: 1, maxLength: 5 },
  ),
  retries: fc.integer({ min: 0, max: 3 }),
  timeoutMs: hundreds(6, 30),
  deadlineMs: hundreds(30, 17),
  abortMs: hundreds(40, 53),
});

test('one call ends when, how and after as many attempts as the model says', async () => {
  await fc.assert(
    fc.asyncProperty(plans, async plan => {
      const { outcomes, retries, timeoutMs, deadlineMs, abortMs } = plan;
      const policy = createPolicy({
        deadlineMs,
        retry: { retries, baseMs: BASE_MS, jitter: 'none', budget: false },
        ...(timeoutMs <= deadlineMs ? { timeoutMs } : {}),
        breaker: { consecutive: 1_000 },
        rateLimit: { calls: 1_000_000 },
        bulkhead: 10,
      });
      const stop = new AbortController();
      const script = scripted(...outcomes.map(outcomeOf));
      const startMs = performance.now();
      setTimeout(() => stop.abort(new Error('abort')), abortMs);
      const call = watched(policy.execute(script.work, { signal: stop.signal, idempotent: true }));
      await advance(6_000);
      expect({
        result: resultOf(call),
        atMs: (call.atMs ?? 0) - startMs,
        attempts: script.count,
        isCut: script.contexts.at(-1)?.signal.aborted,
      }).toEqual(model(plan));
      await advance(120_000);
      expect(vi.getTimerCount()).toBe(0);
    }),
    RUNS,
  );
});

test('the breaker lets through and refuses exactly as a model of it', async () => {
  const OPEN_MS = 1_000;
  const calls = fc.array(
    fc.record({ pauseMs: hundreds(9, 3), ok: fc.boolean(), tookMs: fc.constantFrom(0, 1, 250, 707) }),
    { maxLength: 60 },
  );
  await fc.assert(
    fc.asyncProperty(calls, fc.integer({ min: 1, max: 4 }), async (plan, consecutive) => {
      const policy = createPolicy({ breaker: { consecutive, openMs: OPEN_MS, maxOpenMs: OPEN_MS } });
      let round = 0;
      let failures = 0;
      let openUntil = Number.NEGATIVE_INFINITY;
      let state: 'closed' | 'open' | 'trying' = 'closed';
      const letsThrough = (): boolean => {
        if (state === 'open' && performance.now() >= openUntil) {
          state = 'trying';
          round++;
          return true;
        }
        return state === 'closed';
      };
      const ended = (of: number, ok: boolean): void => {
        if (of !== round) return;
        failures = ok ? 0 : failures + 1;
        if (state === 'trying' && ok) {
          state = 'closed';
          round++;
        } else if (state === 'trying' || failures >= consecutive) {
          state = 'open';
          round++;
          failures = 0;
          openUntil = performance.now() + OPEN_MS;
        }
      };
      for (const { pauseMs, ok, tookMs } of plan) {
        await advance(pauseMs);
        const expected = letsThrough();
        const of = round;
        const script = scripted(ok ? { afterMs: tookMs } : { error: statusError(500), afterMs: tookMs });
        const onEvent = ({ type }: { type: string }) => type === 'attempt' && ended(of, ok);
        const call = watched(policy.execute(script.work, { onEvent }));
        await advance(0);
        expect(script.count).toBe(expected ? 1 : 0);
        expect(resultOf(call) === 'QH_BREAKER_OPEN').toBe(!expected);
      }
      await advance(1_000);
    }),
    RUNS,
  );
});

test('limits hold whatever calls do: no more at a time, none is forgotten, who came first goes first', async () => {
  const calls = fc.array(
    fc.record({
      pauseMs: fc.integer({ min: 0, max: 60 }),
      tookMs: fc.integer({ min: 1, max: 200 }),
      abortAfterMs: fc.option(fc.integer({ min: 0, max: 300 }), { nil: undefined }),
      deadlineMs: fc.option(fc.integer({ min: 1, max: 400 }), { nil: undefined }),
      priority: fc.integer({ min: 0, max: 2 }),
      fails: fc.boolean(),
    }),
    { maxLength: 40 },
  );
  await fc.assert(
    fc.asyncProperty(calls, fc.integer({ min: 1, max: 4 }), fc.boolean(), async (plan, concurrent, limited) => {
      const policy = createPolicy({
        bulkhead: concurrent,
        ...(limited ? { rateLimit: { calls: 50, perMs: 1_000, burst: 2 } } : {}),
      });
      let running = 0;
      const started: { order: number; priority: number; arrivedAt: number }[] = [];
      const startTimes: number[] = [];
      const settled = await Promise.all(
        await plan.reduce(async (all, { pauseMs, tookMs, abortAfterMs, deadlineMs, priority, fails }, order) => {
          const done = await all;
          await advance(pauseMs);
          const stop = new AbortController();
          if (abortAfterMs !== undefined) setTimeout(() => stop.abort(new Error('abort')), abortAfterMs);
          const arrivedAt = performance.now();
          const work = ({ signal }: { signal: AbortSignal }) => {
            running++;
            expect(running).toBeLessThanOrEqual(concurrent);
            started.push({ order, priority, arrivedAt });
            startTimes.push(performance.now());
            return new Promise<string>((resolve, reject) => {
              let isOver = false;
              const end = (settle: () => void) => () => {
                if (isOver) return;
                isOver = true;
                running--;
                settle();
              };
              setTimeout(
                end(() => (fails ? reject(statusError(500)) : resolve('ok'))),
                tookMs,
              );
              signal.addEventListener(
                'abort',
                end(() => reject(signal.reason)),
              );
            });
          };
          const options = { signal: stop.signal, priority, ...(deadlineMs === undefined ? {} : { deadlineMs }) };
          return [...done, watched(policy.execute(work, options))];
        }, Promise.resolve<ReturnType<typeof watched>[]>([])),
      );
      await advance(30_000);
      expect(settled.every(({ state }) => state !== 'pending')).toBe(true);
      expect(running).toBe(0);
      // Among equals of one priority nobody overtakes.
      for (const priority of [0, 1, 2]) {
        const orders = started.filter(one => one.priority === priority).map(({ order }) => order);
        expect(orders).toEqual([...orders].sort((a, b) => a - b));
      }
      // In any 100 ms no more start than the burst and what 100 ms bring.
      if (limited)
        for (const from of startTimes)
          expect(startTimes.filter(at => at >= from && at < from + 100).length).toBeLessThanOrEqual(2 + 5 + 1);
      expect(vi.getTimerCount()).toBe(0);
    }),
    { numRuns: 150 },
  );
});
