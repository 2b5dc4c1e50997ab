/** One sweep over the store of this folder, with its configuration. */
import type { LedgerEntry } from '@quality-hub/data';
import type { QualityHubConfig, Runtime } from '@quality-hub/runtime';
import type { SweepRequest, SweptLeftovers } from '@quality-hub/runtime/leftovers';
import { createMask, type Mask } from '@quality-hub/telemetry';
import type { CommandContext } from '../command-line/command.ts';
import { LeftoverError } from '../errors.ts';
import { hubFolderHere } from '../hub-access/hub-folder.ts';
import { plural } from '../terminal/words.ts';
import { type Leftover, printSweep } from './print-sweep.ts';

export interface SweepPlace extends CommandContext {
  readonly environment: string | undefined;
}

export interface SweepWishes extends Pick<SweepRequest, 'filter' | 'timeoutMs' | 'dryRun'> {
  readonly json: boolean;
}

interface Opened {
  readonly runtime: Runtime;
  readonly values: Readonly<Record<string, unknown>>;
  readonly mask: Mask;
}

export async function sweepHere({ json, ...request }: SweepWishes, place: SweepPlace): Promise<number> {
  const { sweepLeftovers } = await import('@quality-hub/runtime/leftovers');
  return withRuntime(place, async ({ runtime, values, mask }) => {
    const report = await sweepLeftovers(runtime, { ...request, values });
    const leftovers = leftoversOf(report, mask, Date.now());
    const gone = report.results.filter(({ outcome }) => outcome === 'gone').length;
    const unloaded = report.unloaded && mask.text(report.unloaded.message);
    const told = { gone, stays: leftovers, living: report.living, isBusy: report.isBusy };
    if (json) {
      const all = { ...told, ...(unloaded === undefined ? {} : { unloaded: report.unloaded?.problems }) };
      place.terminal.out(mask.text(JSON.stringify(all, null, 2)));
    } else printSweep(place.terminal, { ...told, unloaded, dryRun: request.dryRun === true });
    const isWell = !report.isBusy && unloaded === undefined && (request.dryRun === true || leftovers.length === 0);
    return isWell ? 0 : 1;
  });
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

/** The runtime of this folder's configuration, for one piece of work. */
export async function withRuntime<T>(place: SweepPlace, work: (opened: Opened) => Promise<T>): Promise<T> {
  const { cwd, env, environment } = place;
  const [{ resolveChecked }, { openRuntime }] = await Promise.all([
    import('@quality-hub/runtime/check'),
    import('@quality-hub/runtime'),
  ]);
  const resolved = await resolveChecked({
    from: cwd,
    cwd,
    env,
    ...(environment === undefined ? {} : { environment }),
  });
  const mask = createMask({ env });
  const runtime = await openRuntime({
    config: (resolved?.config ?? {}) as QualityHubConfig,
    ...(resolved === undefined ? {} : { configPath: resolved.path }),
    ...(resolved?.environment === undefined ? {} : { place: { environment: resolved.environment } }),
    worker: `sweep-${process.pid}`,
    runId: `sweep-${process.pid}`,
    stateFile: hubFolderHere(place).state,
    mask,
  });
  try {
    return await work({ runtime, values: resolved?.values ?? {}, mask });
  } finally {
    await runtime.close();
  }
}

/** What is still there, with why. */
function leftoversOf({ orphans, results }: SweptLeftovers, mask: Mask, now: number): readonly Leftover[] {
  const outcomes = new Map(results.map(result => [result.entry.id, result]));
  return orphans.flatMap((entry: LedgerEntry) => {
    const result = outcomes.get(entry.id);
    if (result?.outcome === 'gone') return [];
    const isTried = result?.outcome === 'failed';
    const why = result?.detail ?? entry.lastError;
    return {
      id: entry.id,
      kind: entry.kind,
      state: entry.state,
      record: entry.record ?? null,
      input: entry.input,
      owner: entry.owner,
      ageMs: Math.max(0, now - entry.intendedAt),
      failures: entry.failures + (isTried ? 1 : 0),
      ...(why === undefined ? {} : { why: mask.text(why) }),
    };
  });
}
