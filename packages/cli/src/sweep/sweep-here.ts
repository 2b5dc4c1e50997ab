/** One sweep over the store of this folder, with its configuration. */
import { backlogOf, type LedgerEntry } from '@quality-hub/data';
import type { SweepRequest, SweptLeftovers } from '@quality-hub/runtime/leftovers';
import { LeftoverError } from '../errors.ts';
import { plural } from '../terminal/words.ts';
import { type Leftover, printSweep, type SweepTold } from './print-sweep.ts';
import { type Opened, type SweepPlace, withRuntime } from './runtime-here.ts';

export interface SweepWishes extends Pick<SweepRequest, 'filter' | 'timeoutMs' | 'waitMs' | 'dryRun'> {
  readonly json: boolean;
}

export async function sweepHere({ json, ...request }: SweepWishes, place: SweepPlace): Promise<number> {
  return withRuntime(place, async opened => {
    const told = await sweepOnce(opened, request);
    if (json) place.terminal.out(opened.mask.text(JSON.stringify(told, null, 2)));
    else printSweep(place.terminal, told, { dryRun: request.dryRun === true });
    const isWell = !told.isBusy && told.unloaded === undefined && (request.dryRun === true || told.stays.length === 0);
    return isWell ? 0 : 1;
  });
}

/** One sweep, as it is told. */
export async function sweepOnce({ runtime, values, mask }: Opened, request: SweepRequest): Promise<SweepTold> {
  const { sweepLeftovers } = await import('@quality-hub/runtime/leftovers');
  const report = await sweepLeftovers(runtime, { ...request, values });
  const { living, isBusy, unloaded } = report;
  const now = Date.now();
  const entries = entriesLeft(report);
  return {
    gone: report.results.filter(({ outcome }) => outcome === 'gone').length,
    stays: entries.map(({ entry, why }) => leftoverOf(entry, why && mask.text(why), now)),
    living,
    isBusy,
    ...(isBusy
      ? {}
      : {
          backlog: backlogOf(
            entries.map(({ entry }) => entry),
            { living, now },
          ),
        }),
    ...(unloaded === undefined ? {} : { unloaded: unloaded.problems.map(problem => mask.text(problem)) }),
  };
}

/** What was created at other addresses than those of the configuration, such as a preview that is gone. */
export async function forgetElsewhere(place: SweepPlace): Promise<number> {
  const { readEntries, whyElsewhere } = await import('@quality-hub/data');
  return withRuntime(place, async ({ runtime }) => {
    const ledger = await runtime.ledger();
    const entries = await readEntries(ledger);
    const living = await ledger.living();
    const far = entries.filter(
      ({ owner, target }) => !living.has(owner) && whyElsewhere(target, runtime.target) !== undefined,
    );
    for (const { id } of far) await ledger.gone(id);
    place.terminal.out(
      `${plural(far.length, 'entry', 'entries')} of other addresses ${far.length === 1 ? 'is' : 'are'} off the list; nothing was removed.`,
    );
    return 0;
  });
}

/** @throws {LeftoverError} (`QH_LEFTOVER`) if there is none of this id, or its owner lives. */
export async function forgetEntry(id: string, place: SweepPlace): Promise<number> {
  const { readEntries, recordWords } = await import('@quality-hub/data');
  return withRuntime(place, async ({ runtime }) => {
    const ledger = await runtime.ledger();
    const entry = (await readEntries(ledger)).find(one => one.id === id);
    if (entry === undefined)
      throw new LeftoverError(`There is no leftover ${id}`, '`quality-hub sweep --dry-run --json` tells ids');
    if ((await ledger.living()).has(entry.owner)) {
      throw new LeftoverError(`${recordWords(entry)} belongs to a worker that lives`, 'It removes it by itself');
    }
    await ledger.gone(id);
    place.terminal.out(`${recordWords(entry)} is off the list; nothing was removed.`);
    return 0;
  });
}

/** What is still there, with why; what was tried in vain has failed once more. */
function entriesLeft({
  orphans,
  results,
}: SweptLeftovers): readonly { readonly entry: LedgerEntry; readonly why: string | undefined }[] {
  const outcomes = new Map(results.map(result => [result.entry.id, result]));
  return orphans.flatMap(entry => {
    const result = outcomes.get(entry.id);
    if (result?.outcome === 'gone') return [];
    const failures = entry.failures + (result?.outcome === 'failed' ? 1 : 0);
    return { entry: { ...entry, failures }, why: result?.detail ?? entry.lastError };
  });
}

function leftoverOf(entry: LedgerEntry, why: string | undefined, now: number): Leftover {
  const { id, kind, state, record = null, input, owner, failures } = entry;
  const ageMs = Math.max(0, now - entry.intendedAt);
  return { id, kind, state, record, input, owner, ageMs, failures, ...(why === undefined ? {} : { why }) };
}
