/** Reads the events that a child run has written to its spools. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type RunEvent, upgradeEvent } from '@quality-hub/protocol';
import { SpoolReader } from '@quality-hub/telemetry';

/** How far each spool file was written at one moment, by path. */
export type SpoolMarks = ReadonlyMap<string, number>;

export function markSpools(spools: string): SpoolMarks {
  return new Map(spoolFiles(spools).map(path => [path, statSync(path).size]));
}

/** All events behind `marks`, upgraded to the current version: reporters first, and each writer's in order of `seq`. */
export function readSpools(spools: string, marks: SpoolMarks = new Map()): readonly RunEvent[] {
  return spoolFiles(spools).flatMap(path => eventsOf(path, marks.get(path) ?? 0));
}

function eventsOf(path: string, offset: number): RunEvent[] {
  const reader = new SpoolReader(path, { offset });
  const events: RunEvent[] = [];
  for (let read = reader.read(); ; read = reader.read()) {
    for (const line of read.lines) events.push(upgradeEvent(JSON.parse(line)));
    if (read.atEnd) return events.sort((a, b) => a.seq - b.seq);
  }
}

/** Sorted by name: `r-…` of the reporters come before `w-…` of the workers. */
function spoolFiles(spools: string): string[] {
  if (!existsSync(spools)) return [];
  const names = readdirSync(spools, { recursive: true, encoding: 'utf8' });
  return names
    .filter(name => name.endsWith('.ndjson'))
    .sort()
    .map(name => join(spools, name));
}
