/** What our reporter recorded of a run, without what differs between two equal runs: times, ids, folders. */
import type { InlineResult } from '@quality-hub/testkit';

const DIFFERS = new Set([
  'v',
  'runId',
  'seq',
  'writer',
  'at',
  'startedAt',
  'durationMs',
  'pid',
  'host',
  'traceId',
  'sizeBytes',
]);

/** Equal for two equal runs. */
export function recordOf(run: InlineResult): unknown {
  const lists: Record<string, unknown[]> = {};
  const output: Record<string, string> = {};
  for (const event of run.events) {
    if (event.kind === 'heartbeat') continue;
    if (event.kind === 'output') {
      // In how many pieces it comes is chance.
      const owner = `${event.stream} of ${event.test ?? 'no test'} ${event.retry ?? ''}`;
      output[owner] = (output[owner] ?? '') + event.text;
    } else if (event.kind === 'test.steps') {
      const owner = `steps of ${event.test} ${event.retry}`;
      lists[owner] = [...(lists[owner] ?? []), ...event.steps.map(step => same(step, run.dir))];
    } else lists[event.kind] = [...(lists[event.kind] ?? []), same(event, run.dir)];
  }
  // Journals of workers have names made by chance, and are read in their order.
  for (const kind of ['worker.started', 'evidence']) lists[kind]?.sort(byText);
  return { lists, output: same(output, run.dir) };
}

function byText(one: unknown, other: unknown): number {
  return JSON.stringify(one).localeCompare(JSON.stringify(other));
}

function same(value: unknown, dir: string): unknown {
  const text = JSON.stringify(value, (key, item) => (DIFFERS.has(key) ? undefined : item));
  return JSON.parse(text.replaceAll(dir, '<dir>'));
}
