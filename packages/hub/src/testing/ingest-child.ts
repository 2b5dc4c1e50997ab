/** Child process: writes a run of its own and takes it into the shared database at the same time. */

import { findHubFolder } from '@quality-hub/telemetry';
import { openHub } from '../index.ts';
import { SampleWriter } from './sample-run.ts';

const [path = '', runId = '', count = '0'] = process.argv.slice(2);
const folder = findHubFolder(path, { QUALITY_HUB_DIR: path });
if (!folder) throw new Error(`no folder ${path}`);
const titles = Array.from({ length: Number(count) }, (_, index) => `test ${index}`);
const writer = new SampleWriter(folder, { runId, writer: `r-${runId}` }).begin(titles).flush();
const hub = openHub({ folder });
for (const [index, title] of titles.entries()) {
  writer.attempt(title, { startMs: index, status: 'passed' }).flush();
  // Catching up with all runs: children also store each other's spools.
  if (index % 25 === 0) await hub.catchUp(undefined, { conclude: false });
}
writer.end('passed');
await hub.catchUp();
await hub.close();
