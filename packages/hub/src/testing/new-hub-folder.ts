/** A place for the hub of one test. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type HubFolder, hubFolderAt } from '@quality-hub/telemetry';
import { onTestFinished } from 'vitest';

/** A new, empty `.quality-hub` in a folder of its own, which is removed when the test has ended. */
export function newHubFolder(): HubFolder {
  const path = mkdtempSync(join(tmpdir(), 'qh-hub-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true, maxRetries: 5 }));
  return hubFolderAt(path);
}
