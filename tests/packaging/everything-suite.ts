/** A suite that uses all we have, with a secret in every place a test can put one, and what must come of it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { findValues } from '../leaks/find-values.ts';
import type { UserProject } from './user-project.ts';
import { OUTPUT } from './user-project.ts';

/** With a sign that no file name keeps: folders of tests are named after their titles, before anybody could mask them. */
export const SECRET = 'swordfish:4711';

const CONFIG = `import { defineConfig } from '@playwright/test';
import { reporters } from '@quality-hub/reporters/config';

export default defineConfig({
  testMatch: '*.spec.ts',
  workers: 1,
  reporter: reporters([['list'], ['html', { open: 'never' }], ['json', { outputFile: 'results.json' }]]),
  use: { baseURL: process.env.USER_BASE_URL, launchOptions: JSON.parse(process.env.USER_LAUNCH_OPTIONS ?? '{}') },
});
`;

const SPEC = `import { expect, test } from '@quality-hub/test';

const secret = process.env.SHOP_PASSWORD ?? '';

test('a page and its requests name the attempt', async ({ page, hub }) => {
  await page.goto('/');
  await expect(page.locator('output')).toHaveText(hub.headers.traceparent ?? 'none');
  const sent: Record<string, string> = await page.evaluate(() => fetch('/headers').then(answer => answer.json()));
  expect(sent).toMatchObject(hub.headers);
});

test('the password ' + secret + ' is seen nowhere', async ({ request, hub }, info) => {
  info.annotations.push({ type: 'note', description: 'with ' + secret });
  hub.evidence('signed in', { with: secret });
  console.log('printed ' + secret);
  console.error('warned ' + secret);
  await test.step('signs in with ' + secret, async () => {});
  await info.attach('body', { body: 'attached ' + secret, contentType: 'text/plain' });
  const answer = await request.get('/broken?token=' + secret);
  expect(answer.status(), 'the password was ' + secret).toBe(200);
});
`;

/** One test that passes and one that fails, and no browser. */
export const SMALL_SPEC = `import { expect, test } from '@quality-hub/test';

test('passes', ({ hub }) => { hub.evidence('seen'); });
test('fails', () => { expect(2).toBe(3); });
`;

export function writeSuite(project: UserProject): void {
  project.write('playwright.config.ts', CONFIG);
  project.write('everything.spec.ts', SPEC);
}

/** Runs the suite, and expects that all of ours did its work and nothing told the secret. */
export async function expectEverything(
  project: UserProject,
  env: NodeJS.ProcessEnv & { node?: string },
): Promise<void> {
  project.clear();
  const suite = await project.runInstalled('playwright', ['test'], { ...env, SHOP_PASSWORD: SECRET });
  expect(suite.code, suite.output).toBe(1);
  expect(suite.output).toContain('2 tests: 1 passed, 1 failed');
  expect(suite.output).toMatch(/(\d+) of \1 events kept/);
  expect(suite.output).not.toContain(SECRET);
  expect(suite.output).not.toMatch(/warning/i);
  for (const name of OUTPUT) {
    expect(existsSync(join(project.folder, name)), name).toBe(true);
    expect(findValues(join(project.folder, name), [SECRET])).toEqual([]);
  }

  const shown = await project.runInstalled('quality-hub', ['show', '--json'], env);
  expect(shown.code, shown.output).toBe(0);
  expect(shown.output, 'nothing beside the report').toBe(shown.stdout);
  const { counts, failures, clusters } = JSON.parse(shown.stdout);
  expect(counts).toMatchObject({ planned: 2, finished: 2, passed: 1, failed: 1, notRun: 0, lost: 0 });
  // Known only from what the fixtures saw.
  expect(failures[0].reasons.join()).toMatch(/GET .broken.* answered 503/);
  expect(clusters).toHaveLength(1);
}

/** Runs {@link SMALL_SPEC} where our parts cannot work: it must end as it would without us, with one sentence. */
export async function expectStandingAside(
  project: UserProject,
  sentence: string,
  { args = [], node }: { args?: readonly string[]; node?: string } = {},
): Promise<void> {
  project.clear();
  const suite = await project.runInstalled('playwright', ['test', ...args], node === undefined ? {} : { node });
  expect(suite.code, suite.output).toBe(1);
  expect(suite.output).toMatch(/1 failed\n/);
  expect(suite.output).toMatch(/1 passed/);
  expect(suite.output.split(sentence).length - 1, `${suite.output}\nsays once: ${sentence}`).toBe(1);
  expect(existsSync(join(project.folder, '.quality-hub'))).toBe(false);
}
