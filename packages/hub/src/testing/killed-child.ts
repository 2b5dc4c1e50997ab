/** Child process: begins a run, and then does nothing until it is killed. */
import { findHubFolder } from '@quality-hub/telemetry';
import { SampleWriter } from './sample-run.ts';

const [path = ''] = process.argv.slice(2);
const folder = findHubFolder(path, { QUALITY_HUB_DIR: path });
if (!folder) throw new Error(`no folder ${path}`);
new SampleWriter(folder)
  .begin(['passes', 'is retried', 'never ends', 'waits'])
  .attempt('passes', { status: 'passed' })
  .attempt('is retried', { status: 'failed', errors: [{ message: 'Error: boom' }] })
  .attempt('is retried', { retry: 1 })
  .attempt('never ends', { startMs: 10 })
  .flush();
process.stdout.write('ready\n');
setInterval(() => {}, 60_000);
