/** One round of two whole runs at once: no test fails, and nothing is left behind. */
import type { Kind } from '../round.ts';
import { runTwoSuites } from './two-suites.ts';

export const TWO_SUITES: Kind = {
  name: 'two-suites',
  what: 'two runs of the shop suite at once on one shop, each in two shards',
  isKill: false,
  async run({ dir, full }) {
    const size = full ? { projects: ['setup', 'api', 'pages'], workers: 4 } : { projects: ['api'], workers: 2 };
    const { passed, failed, failures, left, ends } = await runTwoSuites({ dir, ...size, names: 'own' });
    const broken = [
      ...failures.map(failure => `failed beside the others: ${failure}`),
      ...left.map(thing => `left behind: ${thing}`),
      ...ends.flatMap(({ exitCode, hung, leftAlive, output }) => [
        ...(exitCode === 0 ? [] : [`a shard ended with ${exitCode}: ${output.slice(-1500)}`]),
        ...(hung ? ['a shard hung'] : []),
        ...(leftAlive > 0 ? [`${leftAlive} processes outlived their shard`] : []),
      ]),
    ];
    return { planned: passed + failed, finished: passed + failed, lost: 0, notRun: 0, broken };
  },
};
