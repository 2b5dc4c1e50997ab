import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createPolicy } from '../create-policy.ts';
import { classify } from '../failures/classify.ts';
import { Registry } from '../registry.ts';
import { scripted } from '../testing/scripted-work.ts';
import { watched } from '../testing/settled.ts';
import { type ChaosOptions, chaos } from './chaos.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] }));
afterEach(() => vi.useRealTimers());

const advance = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const env = { QUALITY_HUB_CHAOS: '1' };

async function outcomes(options: ChaosOptions, calls: number): Promise<string[]> {
  const policy = chaos(options, { env })(createPolicy());
  const results: string[] = [];
  for (let call = 0; call < calls; call++)
    results.push(await policy.execute(async () => 'ok').catch(error => (error as Error).message));
  return results;
}

test.each([{}, { QUALITY_HUB_CHAOS: '0' }, { QUALITY_HUB_CHAOS: 'true' }])(
  'is refused where the environment says %j',
  env => {
    expect(() => chaos({ error01: 1 }, { env })).toThrow(
      expect.objectContaining({
        code: 'QH_CHAOS_REFUSED',
        message: 'Chaos makes calls fail on purpose, and QUALITY_HUB_CHAOS is not 1 here',
        hint: expect.stringContaining('QUALITY_HUB_CHAOS=1'),
      }),
    );
  },
);

test('the same seed makes the same faults, another seed others, and about as many as were asked for', async () => {
  const [first, again, other] = [
    await outcomes({ seed: 7, error01: 0.1 }, 1_000),
    await outcomes({ seed: 7, error01: 0.1 }, 1_000),
    await outcomes({ seed: 8, error01: 0.1 }, 1_000),
  ];
  expect(again).toEqual(first);
  expect(other).not.toEqual(first);
  const faults = first.filter(result => result === 'Chaos: the connection was refused').length;
  expect(faults).toBeGreaterThan(70);
  expect(faults).toBeLessThan(130);
});

describe('a fault', () => {
  test('of latency comes before the answer, and ends with the attempt', async () => {
    const policy = chaos({ latency01: 1, latencyMs: 100 }, { env })(createPolicy({ timeoutMs: 500 }));
    const late = watched(policy.execute(scripted({ ok: 'late' }).work));
    await advance(99);
    expect(late.state).toBe('pending');
    await advance(1);
    expect(late.value).toBe('late');
    const given = chaos({ latency01: 1, latencyMs: 900 }, { env })(createPolicy({ timeoutMs: 500 }));
    const { work, contexts } = scripted({});
    const tooLate = watched(given.execute(work));
    await advance(500);
    expect(tooLate.value).toMatchObject({ code: 'QH_TIMEOUT' });
    await advance(500);
    expect(contexts).toHaveLength(0);
  });

  test('that hangs is met by the timeout, and leaves nothing behind', async () => {
    const policy = chaos({ hang01: 1 }, { env })(createPolicy({ timeoutMs: 50 }));
    const call = watched(policy.execute(scripted({}).work));
    await advance(50);
    expect(call.value).toMatchObject({ code: 'QH_TIMEOUT' });
    expect(vi.getTimerCount()).toBe(0);
  });

  test('of status is what the other side would say, and opens the breaker', async () => {
    const registry = new Registry();
    const policy = chaos(
      { status01: 1, status: 502 },
      { env },
    )(createPolicy({ breaker: { consecutive: 1 } }, { registry }));
    await expect(policy.execute(scripted({}).work)).rejects.toMatchObject({
      code: 'QH_CHAOS',
      status: 502,
      message: 'Chaos: HTTP 502',
      hint: expect.stringContaining('on purpose'),
    });
    expect(registry.breakers()[0]?.state).toBe('open');
  });

  test('that loses the answer has done the work, and is only repeated where that may be', async () => {
    const { work, contexts } = scripted({});
    const policy = chaos({ lost01: 1 }, { env })(createPolicy({ retry: { retries: 1, baseMs: 1, jitter: 'none' } }));
    const error: unknown = await policy.execute(work).catch(error => error);
    expect(classify(error)).toMatchObject({ lasting: 'transient', applied: 'maybe' });
    expect(contexts).toHaveLength(1);
    const twice = watched(policy.execute(work, { idempotent: true }));
    await advance(10);
    expect(twice.state).toBe('rejected');
    expect(contexts).toHaveLength(3);
  });

  test('is retried as in earnest', async () => {
    const policy = chaos(
      { seed: 3, error01: 0.1 },
      { env },
    )(createPolicy({ retry: { retries: 3, baseMs: 1, jitter: 'none' } }));
    const calls = Array.from({ length: 200 }, () => watched(policy.execute(async () => 'ok')));
    await advance(100);
    expect(calls.filter(({ state }) => state === 'fulfilled').length).toBeGreaterThan(190);
  });

  test('comes only to the targets that are meant', async () => {
    const policy = chaos({ error01: 1, targets: ['pay.example:443'] }, { env })(createPolicy({ name: 'p' }));
    await expect(policy.execute(scripted({ ok: 'well' }).work)).resolves.toBe('well');
    await expect(policy.execute(scripted({}).work, { target: 'pay.example:443 write' })).rejects.toThrow('Chaos');
    await expect(policy.execute(scripted({}).work, { target: 'pay.example:4430' })).resolves.toBe('ok');
  });
});

test('parts that make no sense are all told at once', () => {
  expect(() => chaos({ error01: 2, hang01: -1 }, { env })).toThrow(
    'chaos: error01 is 2, expected 0 to 1; hang01 is -1, expected 0 to 1',
  );
  expect(() => chaos({ error01: 0.6, hang01: 0.6 }, { env })).toThrow('all parts together are 1.2, expected 1 at most');
});
