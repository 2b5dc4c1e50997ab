/** A round in which tests, hooks and fixtures end their own worker; the suite's result is compared with a run without us. */
import { hubFolderFor } from '@quality-hub/telemetry';
import { startRun } from '../child/start-run.ts';
import { checkRun } from '../record/check-run.ts';
import { checkStore } from '../record/check-store.ts';
import { readTruth } from '../record/truth.ts';
import type { Kind } from '../round.ts';
import { WITHOUT_VARIABLE, writeKillProject } from './kill-project.ts';
import { secretOf } from './kill-round.ts';

export const WORKER_EXIT: Kind = {
  name: 'worker-exit',
  what: '`process.exit`, `abort` or SIGKILL by a test, a hook or a fixture of its own worker',
  isKill: true,
  async run({ dir, random, seed }) {
    writeKillProject(dir, random, { faults: true });
    const secret = secretOf(seed);
    const without = startRun({ dir, runId: 'without', secret, env: { [WITHOUT_VARIABLE]: '1' } });
    const plain = await without.ended;
    const run = startRun({ dir, runId: 'killed', secret });
    const end = await run.ended;
    const folder = hubFolderFor(dir, {});
    const facts = await checkRun({ folder, runId: 'killed', truth: readTruth(run.truth), end });
    const same = plain.exitCode === end.exitCode;
    return {
      ...facts,
      broken: [
        ...facts.broken,
        ...(same ? [] : [`the exit code is ${end.exitCode}, and ${plain.exitCode} without our reporter`]),
        ...(await checkStore(folder, secret)),
      ],
    };
  },
};
