/** Tests with and without the recorder, in turn, in one worker: what disturbs the machine disturbs both. */
import { fileURLToPath } from 'node:url';

/** Tests of one kind in a row; the time between two of them holds nothing of another kind. */
export const BLOCK = 10;
const KINDS = ['bare', 'silent', 'again', 'evidence'] as const;
/** Messages that are kept for the mask: those of some tests of each kind. */
const MESSAGES = 2_000;

export type Marks = readonly { readonly kind: string; readonly atMs: number; readonly worker: number }[];

const FIXTURES = fileURLToPath(new URL('../../../fixtures/src/base/fixtures.ts', import.meta.url));

export function alternatingSuite(blocks: number): Record<string, string> {
  const lines: string[] = [];
  for (let block = 0; block < blocks; block++) {
    const turned = [...KINDS.slice(block % KINDS.length), ...KINDS.slice(0, block % KINDS.length)];
    for (const kind of turned) {
      for (let n = 0; n < BLOCK; n++) lines.push(`${kind}Test('${kind} ${block} ${n}');`);
    }
  }
  return {
    // The worker-scoped fixtures are ours for all: Playwright would start another worker for a test without them.
    'kinds.ts': `
import { test as playwrightTest } from '@playwright/test';
import { test as ours } from '@quality-hub/test';
import { baseFixtures } from ${JSON.stringify(FIXTURES)};
import { writeFileSync } from 'node:fs';

const marks = [];
const messages = [];
const send = process.send;
if (send) process.send = (message, ...rest) => {
  if (messages.length < ${MESSAGES}) messages.push(structuredClone(message));
  return send.call(process, message, ...rest);
};
process.on('exit', () => {
  if (marks.length === 0) return;
  writeFileSync('marks.json', JSON.stringify(marks));
  writeFileSync('messages.json', JSON.stringify(messages));
});
const { qhSecrets, _qhWorker } = baseFixtures;
const bare = playwrightTest.extend({ qhSecrets, _qhWorker });
const mark = kind => marks.push({ kind, atMs: performance.now(), worker: process.pid });
export const bareTest = title => bare(title, async ({}) => { mark('bare'); });
export const againTest = title => bare(title, async ({}) => { mark('again'); });
export const silentTest = title => ours(title, async ({}) => { mark('silent'); });
export const evidenceTest = title => ours(title, async ({ hub }) => { mark('evidence'); hub.evidence('seen'); });
`,
    'alternating.spec.ts': `
import { againTest, bareTest, evidenceTest, silentTest } from './kinds.ts';
${lines.join('\n')}
`,
    'playwright.config.ts': `export default { workers: 1, reporter: [['line']] };`,
  };
}
