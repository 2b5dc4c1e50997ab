/** One random history: processes that lease and write, and are stopped and killed; a server that is lost in many ways. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from '../random.ts';
import type { RoundFacts } from '../round.ts';
import { brokenRules, type Failover, type History, namesOf } from './history-rules.ts';
import { type OpenPlace, openPlace } from './lease-place.ts';
import { FAILOVERS, type RedisPlace, startRedis } from './redis-place.ts';
import { type Absence, clockMs, FencedResource, type HistoryEvent, type Told } from './told-by-leasers.ts';

/** A machine that is busy may be ten times as slow. */
const FREE_WITHIN_MS = 60_000;
const SKEW_MS = 10_000;
/** How far the copy of a server may be behind it. */
const LAG_MS = 300;

/** What the processes do with leases, and what must be true of that besides the rules of leases. */
export interface Subject {
  /** Path of the child's program. It gets the place, its seed, name, skew and the lifetime of leases, then `args`. */
  readonly child: string;
  readonly args: readonly string[];
  /** What is broken, when all have ended and everything is free. */
  broken(history: History, place: OpenPlace): Promise<readonly string[]>;
}

interface Leaser {
  readonly name: string;
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;
}

export interface HistoryPlan {
  readonly subject: Subject;
  readonly random: Random;
  readonly dir: string;
  readonly kind: 'sqlite' | 'redis';
  readonly durationMs: number;
}

/** Undefined where there is no Redis. */
export async function runHistory({
  subject,
  random,
  dir,
  kind,
  durationMs,
}: HistoryPlan): Promise<RoundFacts | undefined> {
  mkdirSync(dir, { recursive: true });
  const redis = kind === 'redis' ? await startRedis() : undefined;
  if (kind === 'redis' && !redis) return undefined;
  const place = redis?.place ?? join(dir, 'state.db');
  const ttlMs = random.integer(300, 900);
  const history = { events: [] as HistoryEvent[], absences: [] as Absence[], failovers: [] as Failover[], ttlMs };
  const resource = new FencedResource();
  const leasers: Leaser[] = [];
  const start = (): void => {
    const name = `p${leasers.length}`;
    const skewMs = kind === 'redis' ? random.integer(-SKEW_MS, SKEW_MS) : 0;
    const args = [place, String(random.integer(0, 2 ** 30)), name, String(skewMs), String(ttlMs), ...subject.args];
    const child = fork(subject.child, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    child.on('error', () => {});
    child.on('message', (told: Told & { readonly atMs: number }) => {
      if (told.type === 'stood-still') {
        history.absences.push({ process: name, fromMs: told.atMs - told.ms, toMs: told.atMs });
      }
      if (told.type !== 'write') return void history.events.push({ ...told, process: name });
      const isAccepted = resource.write(told.name, told.token);
      history.events.push({ ...told, process: name, isAccepted });
      if (child.connected) child.send({ id: told.id, isAccepted }, () => {});
    });
    leasers.push({ name, child, ended: once(child, 'close') });
  };
  try {
    for (let count = random.integer(3, 5); count > 0; count--) start();
    // The first ones begin together; who comes in the place of a killed one begins when it is ready.
    while (history.events.filter(({ type }) => type === 'ready').length < leasers.length) {
      await pause(20);
      const gone = leasers.find(({ child }) => child.exitCode !== null);
      if (gone) throw new Error(`${gone.name} ended with ${gone.child.exitCode} before it began`);
    }
    const until = performance.now() + durationMs;
    while (performance.now() < until) {
      await pause(random.integer(50, 250));
      const victim = random.pick(leasers.filter(({ child }) => child.exitCode === null && child.signalCode === null));
      await trouble({ ...history, random, victim, redis, start });
    }
    await redis?.proxy.normal();
    for (const { child } of leasers) {
      child.kill('SIGCONT');
      if (child.connected) child.send({ stop: true }, () => {});
    }
    const hanging = await stillThere(leasers);
    const ill = leasers.filter(({ child }) => child.exitCode !== 0 && child.signalCode !== 'SIGKILL');
    const broken = [
      ...brokenRules(history),
      ...hanging,
      ...ill.map(({ name, child }) => `${name} ended with ${child.exitCode ?? child.signalCode}`),
      ...(await brokenAtEnd(place, history, subject)),
    ];
    return { ...countsOf(history.events), broken };
  } finally {
    for (const { child } of leasers) child.kill('SIGKILL');
    await redis?.end();
  }
}

interface Trouble {
  readonly random: Random;
  readonly victim: Leaser;
  readonly redis: RedisPlace | undefined;
  readonly absences: Absence[];
  readonly failovers: Failover[];
  readonly start: () => void;
  readonly ttlMs: number;
}

async function trouble({ random, victim, redis, absences, failovers, start, ttlMs }: Trouble): Promise<void> {
  const fromMs = clockMs();
  const away = (process: string): void => void absences.push({ process, fromMs, toMs: clockMs() });
  const what = random.integer(0, redis ? 7 : 3);
  if (what <= 1) {
    victim.child.kill('SIGSTOP');
    await pause(random.integer(10, ttlMs * 2));
    victim.child.kill('SIGCONT');
    away(victim.name);
  } else if (what === 2) {
    victim.child.kill('SIGKILL');
    absences.push({ process: victim.name, fromMs, toMs: Number.POSITIVE_INFINITY });
    start();
  } else if (what === 3) {
    // Nothing: so some history goes on as it is.
  } else if (what === 4 && redis) {
    redis.proxy.reset();
    away('*');
  } else if (what === 5 && redis) {
    redis.proxy.freeze();
    await pause(random.integer(10, ttlMs));
    await redis.proxy.normal();
    redis.proxy.reset();
    away('*');
  } else if (what === 6 && redis) {
    await redis.restart();
    away('*');
  } else if (redis) {
    failovers.push(await redis.failOver(random.pick(FAILOVERS), random.chance(0.5) ? random.integer(0, LAG_MS) : 0));
    away('*');
  }
}

/** Nothing hangs: whoever was told to end does so. */
async function stillThere(leasers: readonly Leaser[]): Promise<readonly string[]> {
  const deadline = AbortSignal.timeout(FREE_WITHIN_MS);
  const late = new Promise<void>(resolve => deadline.addEventListener('abort', () => resolve()));
  await Promise.race([Promise.all(leasers.map(({ ended }) => ended)), late]);
  const left = leasers.filter(({ child }) => child.exitCode === null && child.signalCode === null);
  for (const { child } of left) child.kill('SIGKILL');
  return left.map(({ name }) => `${name} hangs`);
}

/** Everything that was held by those who are gone is free again, and nothing is left of them. */
async function brokenAtEnd(where: string, history: History, subject: Subject): Promise<readonly string[]> {
  const place = await openPlace(where);
  const { leases } = place;
  try {
    const deadline = performance.now() + history.ttlMs + FREE_WITHIN_MS;
    const broken: string[] = [];
    for (const name of namesOf(history.events)) {
      const ask = () => leases.acquire([{ name }], { owner: { id: 'end' }, ttlMs: FREE_WITHIN_MS, tryOnce: true });
      let answer = await ask();
      while (!answer.granted && performance.now() < deadline) {
        await pause(Math.min(answer.againInMs, 100));
        answer = await ask();
      }
      if (answer.granted) await leases.release(answer.lease);
      else broken.push(`${name} is lost: ${answer.holders[0]?.owner.id} holds it for ever`);
    }
    const { leases: held, waiters } = await leases.table('');
    if (held.length + waiters.length > 0) broken.push(`${held.length} leases and ${waiters.length} places are left`);
    return [...broken, ...(await subject.broken(history, place))];
  } finally {
    await place.close();
  }
}

function countsOf(events: readonly HistoryEvent[]): Omit<RoundFacts, 'broken'> {
  const count = (...types: readonly HistoryEvent['type'][]): number =>
    events.filter(({ type }) => types.includes(type)).length;
  const [planned, finished] = [count('granted'), count('releasing')];
  return { planned, finished, lost: planned - finished, notRun: count('gave-up', 'failed') };
}

function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms));
}
