/** Opens the hub of a folder, brings it up to date with the spools, and closes it again. */

import type { Hub } from '@quality-hub/hub';
import { isQualityHubError } from '@quality-hub/protocol';
import type { HubFolder } from '@quality-hub/telemetry';
import type { CommandContext } from '../command-line/command.ts';
import { hubFolderHere } from './hub-folder.ts';

/**
 * Gives `work` a hub that has read every spool: also those of a runner that was killed a moment ago. A damaged database
 * is moved aside and built again from the spools, which is said in one sentence.
 *
 * @throws {NoHubError} (`QH_NO_HUB`) if there is no folder.
 */
export async function withHub<T>(
  context: CommandContext,
  work: (hub: Hub) => Promise<T>,
  folder: HubFolder = hubFolderHere(context),
): Promise<T> {
  try {
    return await readOnce(folder, work);
  } catch (error) {
    if (!isQualityHubError(error) || error.code !== 'QH_STORE_CORRUPT') throw error;
    const { moveDatabaseAside } = await import('@quality-hub/hub');
    const aside = moveDatabaseAside(folder);
    const result = await readOnce(folder, work);
    context.terminal.err(
      `${folder.database} was damaged: it is kept as ${aside ?? 'it was'}, and a new one was built from the spools.`,
    );
    return result;
  }
}

async function readOnce<T>(folder: HubFolder, work: (hub: Hub) => Promise<T>): Promise<T> {
  // Loaded here, so that `--help` and `doctor` do not pay for the database.
  const { openHub } = await import('@quality-hub/hub');
  const hub = openHub({ folder });
  try {
    await hub.catchUp();
    return await work(hub);
  } finally {
    await hub.close();
  }
}
