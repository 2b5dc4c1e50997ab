/** Makes sure there is a browser that starts: one that is there, else Playwright's download, else Debian's package. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { run } from './processes.mjs';
import { SetupError } from './setup-error.mjs';
import { readStamp, writeStamp } from './stamp.mjs';
import { aptInstall, rootPrefix } from './system-packages.mjs';

const DOWNLOAD_TIMEOUT_MS = 5 * 60_000;
/** The shell without a window is enough for the suite and starts faster; not every system has it. */
const DEBIAN_PACKAGES = ['chromium-headless-shell', 'chromium'];
const START_TIMEOUT_MS = 60_000;
const START = `
  const { chromium } = require('@playwright/test');
  chromium.launch(JSON.parse(process.argv[1])).then(browser => browser.close()).catch(error => { console.error(error); process.exit(1); });
`;

/** The browser that was tried before is still the one that would be used. */
export async function browserReady(places) {
  const choice = await choose(places);
  return choice.kind !== 'none' && readStamp(places.stamp).browser === nameOf(choice);
}

/** @param {(note: string) => void} say */
export async function provideBrowser(places, say) {
  const { log, stamp } = places;
  let choice = await findStarting(places);
  if (!choice) {
    say("Playwright's Chromium");
    await download(places);
    choice = await findStarting(places);
  }
  let why = 'this system has no package of it';
  if (!choice && process.platform === 'linux') {
    for (const name of DEBIAN_PACKAGES) {
      say(`Debian's ${name}`);
      const apt = await aptInstall([name], { log });
      choice = await findStarting(places);
      why = apt.ok ? 'the installed Chromium does not start' : apt.why;
      if (choice) break;
    }
  }
  if (!choice) throw new SetupError(noBrowser(why), { log });
  say(nameOf(choice));
  writeStamp(stamp, { browser: nameOf(choice) });
}

/** `scripts/browser.mjs` says which browser the suite would use. */
async function choose({ root }) {
  const { chooseBrowser } = await import(pathToFileURL(join(root, 'scripts', 'browser.mjs')).href);
  return chooseBrowser();
}

/** A browser that is there may still lack a library of the system, so it is started once, as the suite starts it. */
async function findStarting(places) {
  const choice = await choose(places);
  if (choice.kind === 'none') return undefined;
  const { executablePath, args } = choice;
  const options = { cwd: places.root, log: places.log, timeoutMs: START_TIMEOUT_MS };
  const { code } = await run(places.node, ['--eval', START, JSON.stringify({ executablePath, args })], options);
  return code === 0 ? choice : undefined;
}

function nameOf({ kind, executablePath }) {
  return executablePath ?? `${kind}'s own`;
}

/** A downloaded Chromium still needs libraries of the system, which only root can add. */
async function download({ root, node, log }) {
  const cli = join(root, 'node_modules', '@playwright', 'test', 'cli.js');
  const args = ['install', 'chromium'];
  const options = { cwd: root, log, timeoutMs: DOWNLOAD_TIMEOUT_MS };
  const { code } = await run(node, [cli, ...args], options);
  if (code === 0 && process.platform === 'linux' && (await rootPrefix()))
    await run(node, [cli, 'install-deps', 'chromium'], options);
}

function noBrowser(why) {
  const start = "No browser could be had: Playwright's Chromium could not be downloaded and started";
  if (process.platform === 'linux') {
    return `${start}, and ${why}. Install one (Debian: "apt-get install chromium"; elsewhere "npx playwright install --with-deps chromium") and run the command again.`;
  }
  return `${start}. Run "npx playwright install chromium" with a connection, or install Google Chrome, and run the command again.`;
}
