/** Four runs of one project at once, in one folder; some of them are killed. */
import { hubFolderFor } from '@quality-hub/telemetry';
import { signal } from '../child/process-group.ts';
import { startRun } from '../child/start-run.ts';
import { checkRun } from '../record/check-run.ts';
import { checkStore } from '../record/check-store.ts';
import { readTruth } from '../record/truth.ts';
import { type Kind, sumFacts } from '../round.ts';
import { pickMoment, waitForMoment } from './kill-moment.ts';
import { writeKillProject } from './kill-project.ts';
import { secretOf } from './kill-round.ts';

const RUNS = ['one', 'two', 'three', 'four'] as const;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGKILL'] as const;

export const FOUR_AT_ONCE: Kind = {
  name: 'four-at-once',
  what: 'four runs at once in one folder, about half of them killed',
  isKill: false,
  async run({ dir, random, seed }) {
    const project = writeKillProject(dir, random);
    const secret = secretOf(seed);
    const folder = hubFolderFor(dir, {});
    const plans = RUNS.map(runId => ({
      runId,
      kill: random.chance(0.5) ? { moment: pickMoment(random, project), send: random.pick(SIGNALS) } : undefined,
    }));
    const ended = await Promise.all(
      plans.map(async ({ runId, kill }) => {
        const run = startRun({ dir, runId, secret });
        if (kill && (await waitForMoment(kill.moment, run))) signal(run.pid, kill.send);
        return { runId, run, end: await run.ended };
      }),
    );
    const facts = [];
    for (const { runId, run, end } of ended) {
      facts.push(await checkRun({ folder, runId, truth: readTruth(run.truth), end }));
    }
    const all = sumFacts(facts);
    return { ...all, broken: [...all.broken, ...(await checkStore(folder, secret))] };
  },
};
