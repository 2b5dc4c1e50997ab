/** Two tests that run beside each other wait for one another, by files in the folder of the run. */
import { existsSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const fileOf = (mark: string) => new URL(`./${mark}.mark`, import.meta.url);

export function reached(mark: string): void {
  writeFileSync(fileOf(mark), '');
}

export async function hasReached(mark: string, limitMs = 25_000): Promise<void> {
  const untilMs = Date.now() + limitMs;
  while (!existsSync(fileOf(mark))) {
    if (Date.now() > untilMs) throw new Error(`Nobody has come to ${mark}`);
    await sleep(20);
  }
}
