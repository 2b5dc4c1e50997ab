/** Runtimes of several workers of one run, closed when the test ends. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Evidence } from '@quality-hub/protocol';
import { onTestFinished } from 'vitest';
import { openRuntime, type Runtime, type RuntimeOptions } from '../index.ts';

export interface OpenedWorker {
  readonly runtime: Runtime;
  readonly seen: Evidence[];
}

export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'qh-runtime-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export async function openWorker(
  options: Partial<RuntimeOptions> & Pick<RuntimeOptions, 'config'>,
): Promise<OpenedWorker> {
  const seen: Evidence[] = [];
  const runtime = await openRuntime({
    worker: `w${Math.random()}`,
    runId: 'run 1',
    observe: one => void seen.push(one),
    ...options,
  });
  onTestFinished(() => runtime.close());
  return { runtime, seen };
}
