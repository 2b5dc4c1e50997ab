/**
 * Sets everything up: dependencies, browser. Safe to run again, and safe when two run at once.
 *
 * Runs on Node 18 and later and needs nothing that is not in Node. What is already done is known by hashes.
 */
import { pathToFileURL } from 'node:url';
import { requireNode } from './setup/node-version.mjs';

requireNode(process.version);

/**
 * @param {{ root?: string, browser?: boolean }} [options]
 * @returns {Promise<{ places: ReturnType<import('./setup/places.mjs').placesOf>, env: NodeJS.ProcessEnv }>}
 *   where things are, and the environment to start tools with
 */
export async function setUp({ root, browser = true } = {}) {
  // Loaded only after the check above: an older Node could not even parse them.
  const { installState, install } = await import('./setup/install.mjs');
  const { browserReady, provideBrowser } = await import('./setup/browser.mjs');
  const { withLock } = await import('./setup/lock.mjs');
  const { pinnedEnvironment, placesOf } = await import('./setup/places.mjs');
  const { step } = await import('./setup/progress.mjs');
  const { readStamp } = await import('./setup/stamp.mjs');
  const places = placesOf(root);
  const ready = async () => installState(places).done && (!browser || (await browserReady(places)));
  if (!(await ready())) {
    const say = note => console.log(`  …    ${note}`);
    await withLock(
      places.lock,
      async () => {
        if (!installState(places).done) await step('dependencies', note => install(places, note));
        if (browser && !(await browserReady(places))) await step('browser', note => provideBrowser(places, note));
      },
      { say },
    );
  }
  return { places, env: pinnedEnvironment(places, readStamp(places.stamp).pnpm) };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { explain } = await import('./setup/setup-error.mjs');
  const { endOnSignals } = await import('./setup/processes.mjs');
  endOnSignals();
  try {
    await setUp();
    console.log('Everything is set up.');
  } catch (error) {
    console.error(explain(error));
    process.exitCode = 1;
  }
}
