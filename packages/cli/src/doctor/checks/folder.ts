/** The folder of the hub can be written. Found out by writing: access rights alone say nothing of a full or locked disk. */
import { closeSync, existsSync, mkdtempSync, openSync, rmdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type HubFolder, hubFolderFor } from '@quality-hub/telemetry';
import type { CheckResult, Patient } from '../check.ts';

export function checkFolder({ dir, env }: Pick<Patient, 'dir' | 'env'>): CheckResult {
  const name = 'hub-folder';
  const folder = hubFolderFor(dir, env);
  const problem = whyNotWritable(folder);
  if (problem === undefined) return { name, status: 'ok', message: `${folder.path} can be written` };
  return {
    name,
    status: 'fail',
    message: `Runs cannot be recorded: ${problem}`,
    remedy: 'Give write access there, or name another folder in QUALITY_HUB_DIR',
  };
}

function whyNotWritable(folder: HubFolder): string | undefined {
  const place = nearestExisting(folder.path);
  if (!statSync(place).isDirectory()) return `${place} is no folder`;
  const spools = nearestExisting(folder.spools);
  return (
    tryTo(place, makeAndRemove) ??
    tryTo(spools, makeAndRemove) ??
    (existsSync(folder.database) ? tryTo(folder.database, openForWriting) : undefined)
  );
}

function nearestExisting(path: string): string {
  return existsSync(path) ? path : nearestExisting(dirname(path));
}

function tryTo(path: string, write: (path: string) => void): string | undefined {
  try {
    write(path);
    return undefined;
  } catch (error) {
    return `${path} cannot be written (${(error as Error).message})`;
  }
}

function makeAndRemove(folder: string): void {
  rmdirSync(mkdtempSync(join(folder, '.quality-hub-doctor-')));
}

function openForWriting(file: string): void {
  closeSync(openSync(file, 'r+'));
}
