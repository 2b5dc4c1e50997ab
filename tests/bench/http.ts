/**
 * What the HTTP client keeps of undici's speed, beside bare undici and Playwright's request context in the same rounds; and
 * whether many calls leave memory behind.
 *
 * `pnpm bench http [--rounds N] [--calls N] [--memory N]`
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { request as playwrightRequest } from '@playwright/test';
import { createHttpClient } from '@quality-hub/clients';
import { errorSentence, OptionError } from '@quality-hub/protocol';
import { createPolicy } from '@quality-hub/resilience';
import { Agent, request } from 'undici';
import { atLeast, atMost, say, tell } from './figure.ts';
import { startJsonServer } from './measure/json-server.ts';
import { readNumbers } from './measure/options.ts';
import { compare, inRounds } from './measure/rounds.ts';
import { median } from './measure/statistics.ts';

const VARIANTS = ['undici', 'undiciAgain', 'ours', 'playwright'] as const;
/** Playwright's calls take several times as long: fewer of them make rounds of one length. */
const SHARE = { undici: 1, undiciAgain: 1, ours: 1, playwright: 0.25 } as const;

/** Calls a second, `inFlight` at a time. */
async function rate(call: () => Promise<unknown>, calls: number, inFlight: number): Promise<number> {
  let left = calls;
  const startMs = performance.now();
  const one = async (): Promise<void> => {
    while (left-- > 0) await call();
  };
  await Promise.all(Array.from({ length: inFlight }, one));
  return (calls * 1000) / (performance.now() - startMs);
}

/** Bytes in use once everything that can be freed is. */
function usedBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  for (let i = 0; i < 3; i++) collect();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return heapUsed + external + arrayBuffers;
}

try {
  const { rounds, calls, memory } = readNumbers(process.argv.slice(2), { rounds: 15, calls: 2_000, memory: 100_000 });
  await using server = await startJsonServer();
  const url = `${server.url}/articles`;
  const agent = new Agent({ connections: 64 });
  const context = await playwrightRequest.newContext();
  let records = 0;
  // As a test has it: with the policy that a configuration gives, and evidence of every call.
  await using api = createHttpClient({
    baseURL: server.url,
    policy: createPolicy({ name: 'bench', deadlineMs: 30_000, retry: 2, breaker: 'per-target', timeoutMs: 10_000 }),
    remainingMs: () => 30_000,
    observe: call => {
      records += call.evidence().attempts;
    },
  });
  const bare = async (): Promise<unknown> => (await request(url, { dispatcher: agent })).body.json();
  const run = {
    undici: bare,
    undiciAgain: bare,
    ours: () => api.get('/articles').json(),
    playwright: async () => {
      const answer = await context.get(url);
      const body: unknown = await answer.json();
      await answer.dispose();
      return body;
    },
  };
  const figures = [];
  for (const { inFlight, ofUndici, ofPlaywright } of [
    { inFlight: 1, ofUndici: 0.85, ofPlaywright: 3 },
    { inFlight: 32, ofUndici: 0.7, ofPlaywright: 6 },
  ]) {
    say(`${inFlight} in flight, ${rounds} rounds of ${calls} calls`);
    const samples = await inRounds(VARIANTS, rounds, variant =>
      rate(run[variant], Math.ceil(calls * SHARE[variant]), inFlight),
    );
    const quotient = (a: number, b: number): number => a / b;
    const noise = compare(samples.undiciAgain, samples.undici, quotient);
    const [low, high] = noise.spread;
    for (const variant of VARIANTS) say(`  ${variant}: ${Math.round(median(samples[variant]))} calls/s`);
    say(`  undici beside itself: ${low.toFixed(2)} to ${high.toFixed(2)}`);
    const name = `http.${inFlight}`;
    const value = (base: 'undici' | 'playwright') => compare(samples.ours, samples[base], quotient).value;
    figures.push(atLeast(`${name}.of-undici`, value('undici'), { unit: 'of its calls/s', target: ofUndici }));
    figures.push(
      atLeast(`${name}.of-playwright`, value('playwright'), { unit: 'times its calls/s', target: ofPlaywright }),
    );
  }
  say(`${memory} calls one after the other`);
  await rate(run.ours, Math.ceil(memory / 5), 1);
  const before = usedBytes();
  await rate(run.ours, memory, 1);
  figures.push(atMost('http.memory', (usedBytes() - before) / 1024 / 1024, { unit: 'MB', target: 5 }));
  say(`${records} attempts were told`);
  await context.dispose();
  await agent.close();
  tell(figures);
} catch (error) {
  say(errorSentence(error));
  process.exitCode = error instanceof OptionError ? 2 : 1;
}
