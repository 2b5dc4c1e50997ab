import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FullConfig } from '@playwright/test/reporter';
import { afterAll, expect, test } from 'vitest';
import { outputPlaces } from './output-places.ts';

const home = mkdtempSync(join(tmpdir(), 'qh-places-'));
const configDir = join(home, 'e2e');
mkdirSync(configDir);
writeFileSync(join(home, 'package.json'), '{}');
afterAll(() => rmSync(home, { recursive: true }));

function config(...reporter: readonly (readonly [string, object?])[]): Pick<FullConfig, 'reporter' | 'projects'> {
  const projects = [{ outputDir: '/w/test-results' }, { outputDir: '/w/test-results' }, { outputDir: '' }];
  return { reporter, projects } as unknown as FullConfig;
}

test('folders of tests, and what reporters name or write to by themselves', () => {
  const places = outputPlaces(
    config(['list'], ['html'], ['blob'], ['json', { outputFile: 'out/a.json' }], ['./mine.ts', { outputFolder: '/x' }]),
    { configDir, isMerge: false, env: {} },
  );
  expect(places).toEqual([
    '/w/test-results',
    join(home, 'playwright-report'),
    join(home, 'blob-report'),
    join(configDir, 'out', 'a.json'),
    '/x',
  ]);
});

test('a folder that is named stands for the usual one, in an option or in a variable; a merge has no results of tests', () => {
  const env = { PLAYWRIGHT_JUNIT_OUTPUT_FILE: 'j.xml', PLAYWRIGHT_BLOB_OUTPUT_DIR: '/b' };
  const places = outputPlaces(config(['html', { outputFolder: 'report' }], ['junit'], ['blob']), {
    configDir,
    isMerge: true,
    env,
    cwd: '/cwd',
  });
  expect(places).toEqual([join(configDir, 'report'), '/cwd/j.xml', join(configDir, 'j.xml'), '/b']);
});

test('well-known reporters of others have folders of their own', () => {
  const list = config(
    ['/p/node_modules/allure-playwright/dist/index.js'],
    ['playwright-ctrf-json-reporter', { outputFile: 'a.json' }],
    ['perfetto'],
  );
  expect(outputPlaces(list, { configDir, isMerge: true, env: {}, cwd: '/cwd' })).toEqual([
    '/cwd/allure-results',
    join(configDir, 'a.json'),
    '/cwd/ctrf',
    join(home, 'test-results', 'perfetto.json'),
  ]);
});

test('without a package.json it is the working directory', () => {
  expect(outputPlaces(config(['html']), { configDir: '/nowhere', isMerge: true, env: {}, cwd: '/cwd' })).toEqual([
    '/cwd/playwright-report',
  ]);
});
