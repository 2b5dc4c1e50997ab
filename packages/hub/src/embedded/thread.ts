/** Entry of the hub's thread: follows one run's spool, and answers `finish` with the digest of its report. */
import { parentPort, workerData } from 'node:worker_threads';
import { followRun } from './follow-run.ts';
import type { ThreadData, ThreadRequest } from './messages.ts';

if (parentPort) {
  const port = parentPort;
  const { folder, runId } = workerData as ThreadData;
  const follower = followRun({ folder, runId });
  port.on('message', (request: ThreadRequest) => {
    if (request.type === 'finish') void follower.finish(request.timeoutMs).then(result => port.postMessage(result));
    else void follower.close().then(() => port.close());
  });
}
