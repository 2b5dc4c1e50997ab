import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MemoryDriver } from '../testing/memory-driver.ts';
import { OutageNotes } from './outage-notes.ts';

const PROBE_MS = 5_000;

const step = fc.oneof(
  fc.record({
    type: fc.constant('down' as const),
    target: fc.constantFrom('a', 'a/b'),
    forMs: fc.integer({ min: 1, max: 9_000 }),
  }),
  fc.record({ type: fc.constant('back' as const), target: fc.option(fc.constantFrom('a', 'a/b'), { nil: undefined }) }),
  fc.record({ type: fc.constant('ask' as const), askers: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ type: fc.constant('probed' as const) }),
  fc.record({ type: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 6_000 }) }),
);

test('whatever happens, one at a time tries, and nobody is let through before its time', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.boolean(), async (steps, isProbed) => {
      let time = 1_000_000;
      const notes = new OutageNotes(new MemoryDriver(() => time), () => time);
      const asking = { believeMs: isProbed ? 3_000 : undefined, claimMs: PROBE_MS };
      const retryAt = new Map<string, number>();
      let probeUntil = 0;
      let answeredAt = Number.NEGATIVE_INFINITY;
      for (const one of steps) {
        if (one.type === 'wait') time += one.ms;
        else if (one.type === 'down') {
          await notes.wentDown('pay', one.target, 'it failed', time + one.forMs);
          retryAt.set(one.target, time + one.forMs);
          answeredAt = Number.NEGATIVE_INFINITY;
        } else if (one.type === 'back') {
          await notes.cameBack('pay', one.target);
          if (one.target === undefined) retryAt.clear();
          else retryAt.delete(one.target);
        } else if (one.type === 'probed') {
          await notes.probed('pay', { state: 'healthy', latencyMs: 1, atMs: time }, 3_000);
          answeredAt = time;
          probeUntil = 0;
        } else {
          const asked = Array.from({ length: one.askers }, () => notes.standing('pay', asking));
          const answers = (await Promise.all(asked)).map(({ is }) => is);
          const isDown = Math.max(0, ...retryAt.values()) > time;
          if (isDown) expect(new Set(answers)).toEqual(new Set(['down']));
          const probes = answers.filter(is => is === 'probe').length;
          expect(probes).toBeLessThanOrEqual(probeUntil > time ? 0 : 1);
          const isBelieved = retryAt.size === 0 && answeredAt > time - 3_000;
          if (isBelieved) expect(probes).toBe(0);
          if (probes > 0) probeUntil = time + PROBE_MS;
        }
      }
    }),
    { numRuns: 200 },
  );
});

test('what another version has written is as if it were not there', async () => {
  const store = new MemoryDriver();
  const notes = new OutageNotes(store);
  await store.set('down/pay/a', 'not JSON');
  await store.set('down/pay/b', '{"reason":7}');
  await store.set('answer/pay', '7');
  expect(await notes.standing('pay', { believeMs: undefined, claimMs: 1 })).toEqual({ is: 'well' });
  expect(await notes.answer('pay')).toBeUndefined();
});
