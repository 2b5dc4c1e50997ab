/** Tests with and without the recorder, in turn, in one worker: what disturbs the machine disturbs both. */
import { fileURLToPath } from 'node:url';

/** Tests of one kind in a row; the time between two of them holds nothing of another kind. */
export const BLOCK = 10;
const KINDS = ['bare', 'silent', 'again', 'evidence'] as const;
/** Messages of the worker that go through the mask again, and how often. */
const MESSAGES = 2_000;
const MASK_ROUNDS = 100;

export type Marks = readonly { readonly kind: string; readonly atMs: number }[];

/** What the suite leaves in `measured.json`. */
export interface Measured {
  readonly marks: Marks;
  /** Of each round, microseconds for one message to pass the door, and the same without a mask. */
  readonly masked: readonly number[];
  readonly unmasked: readonly number[];
}

/** Past the package's door: only so can a test have our worker and not our recorder. */
const sourceOf = (path: string): string => fileURLToPath(new URL(`../../../fixtures/src/${path}`, import.meta.url));
const BASE = sourceOf('base/fixtures.ts');
const RESOURCES = sourceOf('resources/fixtures.ts');

export function alternatingSuite(blocks: number, secrets: readonly string[]): Record<string, string> {
  const lines: string[] = [];
  for (let block = 0; block < blocks; block++) {
    const turned = [...KINDS.slice(block % KINDS.length), ...KINDS.slice(0, block % KINDS.length)];
    for (const kind of turned) {
      for (let n = 0; n < BLOCK; n++) lines.push(`${kind}Test('${kind} ${block} ${n}');`);
    }
  }
  return {
    'kinds.ts': `
import { test as playwrightTest } from '@playwright/test';
import { test as ours } from '@quality-hub/test';
import { baseFixtures } from ${JSON.stringify(BASE)};
import { resourceFixtures } from ${JSON.stringify(RESOURCES)};
import { writeFileSync } from 'node:fs';

const marks = [];
const messages = [];
// Before ours is around it: hears what passes the mask, or lets nothing out while the mask is measured.
let listening = true;
const send = process.send;
const outside = (message, ...rest) => {
  if (!listening) return true;
  if (messages.length < ${MESSAGES}) messages.push(structuredClone(message));
  return send.call(process, message, ...rest);
};
if (send) process.send = outside;

function perMessage(pass) {
  const startMs = performance.now();
  for (const message of messages) pass(message);
  return ((performance.now() - startMs) * 1000) / messages.length;
}

// The worker-scoped fixtures are ours for all: Playwright would start another worker for a test without them.
const ofWorker = fixtures =>
  Object.fromEntries(Object.entries(fixtures).filter(([, fixture]) => Array.isArray(fixture) && fixture[1]?.scope === 'worker'));
const bare = playwrightTest.extend(ofWorker(baseFixtures)).extend(ofWorker(resourceFixtures));
const mark = kind => marks.push({ kind, atMs: performance.now() });
export const bareTest = title => bare(title, async ({}) => { mark('bare'); });
export const againTest = title => bare(title, async ({}) => { mark('again'); });
export const silentTest = title => ours(title, async ({}) => { mark('silent'); });
export const evidenceTest = title => ours(title, async ({ hub }) => { mark('evidence'); hub.evidence('seen'); });
export const lastTest = () => ours('the mask', async ({}) => {
  listening = false;
  const masked = [], unmasked = [];
  for (let round = 0; round < ${MASK_ROUNDS}; round++) {
    masked.push(perMessage(message => process.send(message)));
    unmasked.push(perMessage(outside));
  }
  listening = true;
  writeFileSync('measured.json', JSON.stringify({ marks, masked, unmasked }));
});
`,
    'alternating.spec.ts': `
import { againTest, bareTest, evidenceTest, lastTest, silentTest } from './kinds.ts';
${lines.join('\n')}
lastTest();
`,
    'playwright.config.ts': `export default { workers: 1, timeout: 120_000, reporter: [['line']], use: { qhSecrets: ${JSON.stringify(secrets)} } };`,
  };
}
