/** Finds the output folder of a run on this machine, which may be another one than the run's. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { HubFolder } from '@quality-hub/telemetry';

/**
 * The folder that `recorded` names. First inside the project around the hub folder; then, since both may have been
 * copied, under the end of its path beside the hub folder; then where the run had it. Undefined where it is not there.
 */
export function locateOutput(recorded: string, hub: HubFolder): string | undefined {
  const project = dirname(hub.path);
  const parts = recorded.split(/[\\/]+/).filter(part => part !== '' && !/^[A-Za-z]:$/.test(part));
  const beside = parts.map((_, index) => join(project, ...parts.slice(index)));
  const inside = recorded.startsWith(join(project, '/')) ? [recorded] : [];
  return [...inside, ...beside, recorded].find(path => existsSync(path));
}
