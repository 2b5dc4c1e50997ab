/**
 * Which Chromium to run, and how. No dependencies, any Node from 18: the set-up asks before anything is installed.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

// The headless shell is what Playwright itself uses without a window; it starts four times as fast as the whole browser.
const systemNames = [
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
];
const macPaths = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/**
 * `QH_CHROMIUM` first, then Playwright's own, then the system's. `executablePath` is absent for Playwright's own,
 * which Playwright finds by itself, and when there is none: then `kind` is `none`.
 */
export function chooseBrowser(environment = process.env) {
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const named = environment.QH_CHROMIUM;
  if (named) return { kind: 'named', executablePath: named, args };
  if (hasPlaywrightChromium(environment)) return { kind: 'playwright', args };
  const system = findSystemChromium(environment);
  return system ? { kind: 'system', executablePath: system, args } : { kind: 'none', args };
}

/** True when the Chromium that the installed Playwright wants is there, complete. */
export function hasPlaywrightChromium(environment = process.env) {
  const folder = environment.PLAYWRIGHT_BROWSERS_PATH || defaultBrowsersFolder(environment);
  const wanted = wantedRevision();
  // Headless runs use the headless shell; a full Chromium alone is not found by Playwright's default launch.
  return wanted !== undefined && existsSync(join(folder, `chromium_headless_shell-${wanted}`, 'INSTALLATION_COMPLETE'));
}

/** The path of a Chromium or Chrome that the system brings, if any. */
export function findSystemChromium(environment = process.env) {
  const folders = [...(environment.PATH ?? '').split(delimiter), '/usr/bin', '/usr/local/bin'].filter(Boolean);
  const candidates = systemNames.flatMap(name => folders.map(folder => join(folder, name)));
  return [...candidates, ...(process.platform === 'darwin' ? macPaths : [])].find(path => existsSync(path));
}

function defaultBrowsersFolder(environment) {
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'ms-playwright');
  return join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'ms-playwright');
}

/** The revision in Playwright's own list. Nothing before the first install. */
function wantedRevision() {
  try {
    const fromHere = createRequire(import.meta.url);
    const fromTest = createRequire(fromHere.resolve('@playwright/test/package.json'));
    const fromPlaywright = createRequire(fromTest.resolve('playwright/package.json'));
    const list = join(dirname(fromPlaywright.resolve('playwright-core/package.json')), 'browsers.json');
    const { browsers } = JSON.parse(readFileSync(list, 'utf8'));
    return browsers.find(browser => browser.name === 'chromium-headless-shell')?.revision;
  } catch {
    return undefined;
  }
}
