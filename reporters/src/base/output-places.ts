/** Where the reporters of a run write, and its tests. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { FullConfig } from '@playwright/test/reporter';

export interface PlacesOptions {
  readonly configDir: string;
  /** True: no test runs here, so that nothing is in the folders of tests. */
  readonly isMerge: boolean;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

/** Options under which reporters of Playwright and of others name files and folders, relative to the configuration. */
const NAMED = ['outputFile', 'outputFolder', 'outputDir', 'outputPath', 'resultsDir'];
/** Folders of Playwright's reporters where nobody names one. */
const USUAL: Readonly<Record<string, string>> = {
  html: 'playwright-report',
  blob: 'blob-report',
  perfetto: join('test-results', 'perfetto.json'),
};
/** Folders of well-known reporters of others, in the working directory; their options may name files in them. */
const OF_OTHERS: Readonly<Record<string, string>> = {
  'allure-playwright': 'allure-results',
  'monocart-reporter': 'monocart-report',
  'playwright-ctrf-json-reporter': 'ctrf',
};
/** As they are read by Playwright's own reporters, and go before options. */
const VARIABLES = ['OUTPUT_FILE', 'OUTPUT_DIR', 'OUTPUT_NAME', 'REPORT'];

/** Files and folders, absolute; also such as are not there. */
export function outputPlaces(
  config: Pick<FullConfig, 'reporter' | 'projects'>,
  { configDir, isMerge, env = process.env, cwd = process.cwd() }: PlacesOptions,
): string[] {
  const places = isMerge ? [] : config.projects.map(({ outputDir }) => outputDir).filter(Boolean);
  for (const [name, options] of config.reporter) {
    const before = places.length;
    const given = (options ?? {}) as Readonly<Record<string, unknown>>;
    for (const key of NAMED) {
      const value = given[key];
      if (typeof value === 'string' && value !== '') places.push(resolve(configDir, value));
    }
    for (const variable of VARIABLES) {
      const value = env[`PLAYWRIGHT_${name.toUpperCase()}_${variable}`];
      // A name alone is one in the folder that another variable or option names, or beside the configuration.
      if (value) places.push(resolve(cwd, value), resolve(configDir, value));
    }
    for (const [other, folder] of Object.entries(OF_OTHERS))
      if (isNamed(name, other)) places.push(resolve(cwd, folder));
    const usual = USUAL[name];
    if (usual !== undefined && places.length === before) places.push(join(homeOf(configDir, cwd), usual));
  }
  return [...new Set(places)];
}

/** Playwright has looked up where the packages of others are. */
function isNamed(name: string, reporter: string): boolean {
  return name === reporter || name.replaceAll('\\', '/').includes(`/node_modules/${reporter}/`);
}

/** Playwright puts reports beside the nearest package.json. */
function homeOf(configDir: string, cwd: string): string {
  for (let folder = configDir; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) return cwd;
  }
}
