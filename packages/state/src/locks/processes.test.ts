import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openStateAt } from '../testing/open-state-at.ts';
import { redisServers } from '../testing/redis-servers.ts';
import { scratchFolder } from '../testing/scratch-folder.ts';
import { toldTable } from './told-table.ts';

const CHILD = fileURLToPath(new URL('../testing/share-child.ts', import.meta.url));
const WAIT = { timeout: 60_000, interval: 20 };

type Told = Readonly<Record<string, unknown>>;

class Child {
  readonly told: Told[] = [];
  readonly #process: ChildProcess;

  constructor(path: string, id: string, ttlMs = 1_500, members = 2) {
    this.#process = spawn(process.execPath, [CHILD, path, id, String(ttlMs), String(members)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    createInterface({ input: this.#process.stdout as NodeJS.ReadableStream }).on('line', line =>
      this.told.push(JSON.parse(line) as Told),
    );
    onTestFinished(() => void this.#process.kill('SIGKILL'));
  }

  say(line: string): void {
    this.#process.stdin?.write(`${line}\n`);
  }

  /** What it answers to a line. */
  async did(line: string): Promise<Told> {
    const before = this.told.filter(told => told.did === line).length;
    this.say(line);
    return this.answer(line, before);
  }

  async answer(line: string, before = 0): Promise<Told> {
    await expect.poll(() => this.told.filter(told => told.did === line).length, WAIT).toBeGreaterThan(before);
    return this.told.filter(told => told.did === line)[before] as Told;
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  async end(): Promise<void> {
    this.#process.stdin?.end();
    if (this.#process.exitCode === null) await once(this.#process, 'exit');
  }
}

const redisUrl = redisServers.find(server => server.name === 'redis')?.url ?? '';
const PLACES = [
  { name: 'SQLite', skip: false, place: () => join(scratchFolder(), 'state.db') },
  { name: 'Redis (needs QH_REDIS_URL)', skip: redisUrl === '', place: () => `${redisUrl} shares-${randomUUID()}` },
];

for (const { name, skip, place } of PLACES) {
  describe.skipIf(skip)(`over ${name}`, () => {
    test('a process that is killed gives its locks to the next one when its time is over, and a later token', async () => {
      const path = place();
      const [a, b] = [new Child(path, 'a'), new Child(path, 'b')];
      const first = await a.did('lock billing');
      b.say('lock billing');
      await a.did('lock other');
      a.kill('SIGKILL');
      const second = await b.answer('lock billing');
      expect(Number(second.token)).toBeGreaterThan(Number(first.token));
      await b.end();
    }, 120_000);

    test('a process that stood still does not write when it wakes, and says why', async () => {
      const path = place();
      const [a, b] = [new Child(path, 'a'), new Child(path, 'b')];
      await a.did('lock billing');
      expect(await a.did('write x')).toHaveProperty('tokens');
      b.say('lock billing');
      a.kill('SIGSTOP');
      await b.answer('lock billing');
      // It wakes up with a line to read, before any of its timers has run.
      a.say('write y');
      a.kill('SIGCONT');
      expect(await a.answer('write y')).toMatchObject({ code: 'QH_LOCK_LOST' });
      expect(await b.did('write z')).toHaveProperty('tokens');
      await a.did('unlock billing');
      expect(await a.did('write w')).toHaveProperty('tokens');
      await Promise.all([a.end(), b.end()]);
    }, 120_000);

    test('no member is lent to two processes at once, none is lost when one is killed, and all come to their turns', async () => {
      const path = place();
      const children = ['a', 'b', 'c', 'd'].map(id => new Child(path, id, 1_500, 2));
      const victim = new Child(path, 'v', 1_500, 2);
      await victim.did('lend x');
      for (const child of children) child.say('turns 12');
      await expect.poll(() => children.some(({ told }) => told.length > 4), WAIT).toBe(true);
      victim.kill('SIGKILL');
      for (const child of children) expect(await child.answer('turns 12')).not.toHaveProperty('code');
      const turns = children.flatMap(({ told }) => told.filter(one => one.login !== undefined)) as unknown as {
        login: string;
        token: number;
        begin: number;
        end: number;
      }[];
      expect(turns).toHaveLength(48);
      for (const login of ['c1', 'c2']) {
        const own = turns.filter(turn => turn.login === login).sort((x, y) => x.token - y.token);
        // Clocks of processes on one machine differ by less than that.
        for (const [index, turn] of own.slice(1).entries())
          expect(turn.begin + 1).toBeGreaterThan(own[index]?.end ?? 0);
      }
      const lent = await Promise.all(children.slice(0, 2).map(child => child.did('lend x')));
      expect(lent.map(({ login }) => login).sort()).toEqual(['c1', 'c2']);
      await Promise.all(children.map(child => child.end()));
      const { leases, store } = await openStateAt(path);
      expect(toldTable(await leases.table('')).leases).toEqual([]);
      await leases.close();
      await store.close();
    }, 180_000);

    test('work that is done once is done by another process where the first was killed', async () => {
      const path = place();
      const [a, b, c] = [new Child(path, 'a'), new Child(path, 'b'), new Child(path, 'c')];
      a.say('once hang');
      await expect.poll(() => a.told.length, WAIT).toBeGreaterThan(0);
      expect(await a.did('lock begun')).toHaveProperty('token');
      b.say('once hang');
      c.say('once hang');
      await b.did('lock waits');
      a.kill('SIGKILL');
      const results = await Promise.all([b.answer('once hang'), c.answer('once hang')]);
      expect(new Set(results.map(({ result }) => result)).size).toBe(1);
      expect(results[0]?.result).toMatch(/^by [bc]$/);
      await Promise.all([b.end(), c.end()]);
    }, 120_000);
  });
}
