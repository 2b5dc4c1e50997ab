/** Masks all results of a run, and then looks whether anything was missed. */
import { mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Mask } from '@quality-hub/telemetry';
import { ArchiveError, OutOfTimeError } from '../errors.ts';
import { type MaskProgress, maskArtifacts } from '../mask/mask-artifacts.ts';
import { maskFile } from '../mask/mask-file.ts';
import { moveAway } from '../mask/move-away.ts';
import type { Finding } from '../scan/finding.ts';
import { scanArtifacts } from '../scan/scan-artifacts.ts';
import { signOfSources } from './source-signs.ts';

export interface SealOptions {
  readonly mask: Mask;
  /** Longest time for masking and looking, in milliseconds. Infinity: no limit. @default 120000 */
  readonly budgetMs?: number;
  /** False: nothing is looked through again. @default true */
  readonly verify?: boolean;
  /** True: what looks like a secret of a well-known service is found too, when it is looked through. @default false */
  readonly patterns?: boolean;
  readonly onProgress?: (progress: MaskProgress) => void;
  /** See `maskArtifacts`. */
  readonly asideFolder?: string;
  /** @default performance.now */
  readonly now?: () => number;
}

export interface Trouble {
  readonly path: string;
  readonly reason: string;
}

/** Paths begin with those that were given. */
export interface SealedArtifacts {
  readonly changed: readonly string[];
  /** There was no time for them: they are no longer where they were. */
  readonly aside: readonly { readonly path: string; readonly movedTo: string }[];
  /** Could not be masked, or not be looked through: a secret may be in them. */
  readonly troubles: readonly Trouble[];
  /** Values that are still there; with `patterns` also what looks like a secret. */
  readonly findings: readonly Finding[];
  /** False where the time was over before everything had been read again. True without `verify`. */
  readonly isVerified: boolean;
}

/** Long enough for some gigabytes of traces. */
const DEFAULT_BUDGET_MS = 120_000;

/**
 * Masks files and folders, and reads every byte of them again: what is known to be secret must be nowhere. A path that is
 * not there is left out; a folder that looks like one of sources is not touched and told.
 */
export async function sealArtifacts(paths: readonly string[], options: SealOptions): Promise<SealedArtifacts> {
  const { mask, budgetMs = DEFAULT_BUDGET_MS, verify = true, onProgress, now = () => performance.now() } = options;
  const endsAt = now() + budgetMs;
  const checkpoint = (): void => {
    if (now() > endsAt) throw new OutOfTimeError(budgetMs);
  };
  const [changed, aside, troubles] = [[] as string[], [] as { path: string; movedTo: string }[], [] as Trouble[]];
  const sealed: string[] = [];
  const asideAt = (path: string): string =>
    join(options.asideFolder ?? mkdtempSync(join(tmpdir(), 'quality-hub-aside-')), basename(path));
  for (const path of new Set(paths)) {
    const found = statSync(path, { throwIfNoEntry: false });
    const sign = found?.isDirectory() ? signOfSources(path) : undefined;
    if (found === undefined) continue;
    if (sign !== undefined) {
      troubles.push({ path, reason: `it holds ${sign}, so it is no folder of results` });
      continue;
    }
    sealed.push(path);
    if (found.isDirectory()) {
      const masked = await maskArtifacts(path, mask, {
        budgetMs: Math.max(0, endsAt - now()),
        now,
        ...(onProgress && { onProgress }),
        ...(options.asideFolder === undefined ? {} : { asideFolder: options.asideFolder }),
      });
      const whole = (below: string): string => join(path, below);
      changed.push(...masked.changed.map(whole));
      aside.push(...masked.aside.map(each => ({ ...each, path: whole(each.path) })));
      troubles.push(...masked.failed.map(each => ({ ...each, path: whole(each.path) })));
      troubles.push(
        ...masked.unread.map(each => ({ path: whole(each), reason: 'it is no zip file that can be read' })),
      );
    } else {
      try {
        if (await maskFile(path, { mask, shapes: true, checkpoint })) changed.push(path);
      } catch (error) {
        if (error instanceof OutOfTimeError) aside.push({ path, movedTo: moveAway(path, asideAt(path)) });
        else if (error instanceof ArchiveError) troubles.push({ path, reason: 'it is no zip file that can be read' });
        else troubles.push({ path, reason: error instanceof Error ? error.message : String(error) });
      }
    }
  }
  if (!verify) return { changed, aside, troubles, findings: [], isVerified: true };
  let isVerified = true;
  const checkTime = (): void => {
    isVerified &&= now() <= endsAt;
    checkpoint();
  };
  const { findings, unread } = await scanArtifacts(
    sealed.filter(path => statSync(path, { throwIfNoEntry: false }) !== undefined),
    { mask, ...(options.patterns ? {} : { patterns: [] }), onProgress: checkTime },
  );
  const told = new Set(troubles.map(({ path }) => path));
  return {
    changed,
    aside,
    troubles: [...troubles, ...unread.filter(({ path }) => !told.has(path))],
    findings,
    isVerified,
  };
}
