/** Starts the tools on the pinned Node by their own JavaScript entry, so that signals reach them. */
import { join } from 'node:path';
import { run } from '../setup/processes.mjs';

const ENTRIES = {
  biome: '@biomejs/biome/bin/biome',
  knip: 'knip/bin/knip.js',
  playwright: '@playwright/test/cli.js',
  turbo: 'turbo/bin/turbo',
  vitest: 'vitest/vitest.mjs',
};

/**
 * @typedef {(args: readonly string[], options?: { extra?: NodeJS.ProcessEnv, log?: string, show?: boolean }) => ReturnType<typeof run>} Tool
 * @param {{ root: string, node: string }} places
 * @param {NodeJS.ProcessEnv} env
 * @returns {Record<keyof typeof ENTRIES, Tool>}
 */
export function toolsOf({ root, node }, env) {
  const start =
    entry =>
    (args, { extra = {}, log, show = false } = {}) =>
      run(node, [join(root, 'node_modules', entry), ...args], { cwd: root, env: { ...env, ...extra }, log, show });
  return Object.fromEntries(Object.entries(ENTRIES).map(([name, entry]) => [name, start(entry)]));
}
