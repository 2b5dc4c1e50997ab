/** Brings up every server of the table, and says which could not be had. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onEnd } from '../setup/processes.mjs';
import { step } from '../setup/progress.mjs';
import { SetupError } from '../setup/setup-error.mjs';
import { FOLDER_PREFIX, OWNER_FILE, sweepLeftovers } from './sweep-leftovers.mjs';
import { servers as table } from './table.mjs';

/**
 * A variable that is already set wins: its server is the user's own and is neither started nor stopped.
 *
 * @param {object} places
 * @param {readonly import('./table.mjs').Server[]} [servers]
 * @returns {Promise<{ env: Record<string, string>, missing: { name: string, why: string }[], stop: () => Promise<void> }>}
 */
export async function startServers(places, servers = table) {
  const env = {};
  const missing = [];
  const stops = [];
  await sweepLeftovers();
  for (const server of servers) {
    if (process.env[server.env]) continue;
    try {
      await step(server.name, async say => {
        const started = await startOne(server, places, say);
        env[server.env] = started.url;
        stops.push(started.stop);
        say(new URL(started.url.split(',')[0]).host);
      });
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      missing.push({ name: server.name, why: error.message });
    }
  }
  // Cache keys name the servers, not their ports, which change with every run.
  const present = servers.filter(server => env[server.env] ?? process.env[server.env]);
  env.QH_SERVERS = present.map(({ name }) => name).join(',');
  return {
    env,
    missing,
    stop: async () => {
      for (const stop of stops.reverse()) await stop();
    },
  };
}

async function startOne(server, places, say) {
  const provided = await server.provide(places, say);
  if ('missing' in provided) throw new SetupError(provided.missing);
  const folder = mkdtempSync(join(tmpdir(), FOLDER_PREFIX));
  // The server may run as another user, who must be able to enter.
  chmodSync(folder, 0o755);
  const remove = onEnd(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  try {
    const { url, pid, stop } = await server.start(provided.found, folder, places.log);
    writeFileSync(join(folder, OWNER_FILE), JSON.stringify({ owner: process.pid, server: pid }));
    return {
      url,
      stop: async () => {
        await stop();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
