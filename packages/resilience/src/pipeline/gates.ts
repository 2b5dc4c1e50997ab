/** What an attempt passes before it starts: breaker, rate limit, quota, bulkhead. At once where nothing is in its way. */
import type { Circuit } from '../breaker/circuit.ts';
import type { SharedBreakers } from '../breaker/share-breakers.ts';
import { QuotaError } from '../errors.ts';
import type { Bulkhead } from '../limits/bulkhead.ts';
import type { Quota } from '../limits/quota.ts';
import type { RateLimiter } from '../limits/rate-limiter.ts';
import type { Call } from './call.ts';
import type { TargetParts } from './targets.ts';

/**
 * Lets the attempt through, or returns what it has to wait for. What the gates gave is noted in the call; whoever runs it
 * gives that back when the attempt is over, or when a later gate refuses.
 *
 * @throws the refusal of a gate, or the reason why the call was stopped.
 */
export function enterGates(call: Call, parts: TargetParts): Promise<void> | undefined {
  if (call.stoppedBy !== undefined) throw call.reason;
  const now = call.nowMs();
  // The timer comes late where the process was busy.
  if (now >= call.deadlineAt) {
    call.fire(now);
    throw call.reason;
  }
  const { circuit } = parts;
  if (circuit !== undefined) {
    const { shared } = parts.registry;
    if (shared !== undefined) {
      const look = shared.used();
      if (look !== undefined || circuit.wouldProbe()) return enterShared(call, parts, circuit, shared, look);
    }
    enterBreaker(call, circuit);
  }
  return enterLimiter(call, parts, now);
}

/** Learns first what the others know, and asks them before it tries. */
async function enterShared(
  call: Call,
  parts: TargetParts,
  circuit: Circuit,
  shared: SharedBreakers,
  look: Promise<void> | undefined,
): Promise<void> {
  if (look !== undefined) await call.until(look);
  circuit.tryOneByOne();
  if (circuit.wouldProbe()) {
    const claim = shared.claim(parts.circuitKey, circuit.probeTimeoutMs);
    const waitMs = await call.until(claim).catch(async reason => {
      // Stopped while it asked: what it may be granted is for somebody else.
      void claim.then(() => shared.giveUp(parts.circuitKey));
      throw reason;
    });
    if (waitMs > 0) circuit.postpone(waitMs);
  }
  enterBreaker(call, circuit);
  await enterLimiter(call, parts, call.nowMs());
}

function enterBreaker(call: Call, circuit: Circuit): void {
  try {
    call.entry = circuit.enter(call.options.doing);
    call.isTry = circuit.isProbing;
  } catch (refusal) {
    call.tell({ type: 'refused', by: 'breaker' });
    throw refusal;
  }
}

function enterLimiter(call: Call, parts: TargetParts, now: number): Promise<void> | undefined {
  const { limiter } = parts;
  return limiter === undefined || limiter.tryTake(now)
    ? enterQuota(call, parts)
    : waitForTurn(call, parts, limiter, now);
}

async function waitForTurn(call: Call, parts: TargetParts, limiter: RateLimiter, now: number): Promise<void> {
  const waiting = refusable(call, 'rate-limit', () => limiter.take(call, now));
  await waiting;
  const waitMs = call.nowMs() - now;
  parts.counts.rateLimitWaitMs += waitMs;
  call.tell({ type: 'wait', for: 'rate-limit', waitMs });
  await enterQuota(call, parts);
}

function enterQuota(call: Call, parts: TargetParts): Promise<void> | undefined {
  const { quota } = parts;
  if (quota === undefined) return enterBulkhead(call, parts);
  const granted = quota.take();
  return granted === true ? enterBulkhead(call, parts) : waitForQuota(call, parts, quota, granted);
}

async function waitForQuota(
  call: Call,
  parts: TargetParts,
  quota: Quota,
  granted: false | Promise<boolean>,
): Promise<void> {
  if (!granted || !(await call.until(granted))) {
    call.tell({ type: 'refused', by: 'quota' });
    throw new QuotaError(parts.name, { calls: quota.calls, doing: call.options.doing });
  }
  await enterBulkhead(call, parts);
}

function enterBulkhead(call: Call, parts: TargetParts): Promise<void> | undefined {
  const { bulkhead } = parts;
  if (bulkhead === undefined) return undefined;
  if (!bulkhead.tryEnter()) return waitForPlace(call, parts, bulkhead);
  call.hasPlace = true;
  return undefined;
}

async function waitForPlace(call: Call, { counts }: TargetParts, bulkhead: Bulkhead): Promise<void> {
  const from = call.nowMs();
  await refusable(call, 'bulkhead', () => bulkhead.enter(call));
  const waitMs = call.nowMs() - from;
  counts.bulkheadWaitMs += waitMs;
  call.tell({ type: 'wait', for: 'bulkhead', waitMs });
}

function refusable(call: Call, by: 'rate-limit' | 'bulkhead', enter: () => Promise<void>): Promise<void> {
  try {
    return enter();
  } catch (refusal) {
    call.tell({ type: 'refused', by });
    throw refusal;
  }
}
