import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  findHubFolder,
  hubFolderAt,
  hubFolderFor,
  markTemporaryHub,
  runSpoolFolder,
  TEMPORARY_HUB,
  temporaryHubsOf,
} from './hub-folder.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'folder-'));
  mkdirSync(join(root, 'e2e', 'deep'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('a run writes beside the nearest package.json above its config', () => {
  writeFileSync(join(root, 'package.json'), '{}');
  expect(hubFolderFor(join(root, 'e2e'), {}).path).toBe(join(root, '.quality-hub'));
});

test('QUALITY_HUB_DIR moves it', () => {
  const moved = join(root, 'elsewhere');
  expect(hubFolderFor(root, { QUALITY_HUB_DIR: moved })).toEqual(hubFolderAt(moved));
  expect(findHubFolder(root, { QUALITY_HUB_DIR: moved })).toBeUndefined();
  mkdirSync(moved);
  expect(findHubFolder(root, { QUALITY_HUB_DIR: moved })?.database).toBe(join(moved, 'hub.db'));
});

test('a command finds the folder from a folder below it, or says that there is none', () => {
  expect(findHubFolder(join(root, 'e2e', 'deep'), {})).toBeUndefined();
  mkdirSync(join(root, '.quality-hub'));
  expect(findHubFolder(join(root, 'e2e', 'deep'), {})?.spools).toBe(join(root, '.quality-hub', 'spool'));
});

test('a run id never leaves the spool folder', () => {
  const folder = hubFolderAt('/hub');
  expect(runSpoolFolder(folder, '../../etc')).toBe('/hub/spool/__.._etc');
  expect(runSpoolFolder(folder, 'run 1/2')).toBe('/hub/spool/run_1_2');
});

test('a temporary folder is found by the folder it stands in for, and by no other', () => {
  const home = hubFolderAt(join(root, '.quality-hub'));
  const temporary = hubFolderAt(mkdtempSync(join(root, TEMPORARY_HUB)));
  mkdirSync(join(root, `${TEMPORARY_HUB}empty`));
  expect(temporaryHubsOf(home, root)).toEqual([]);
  markTemporaryHub(temporary, home);
  expect(temporaryHubsOf(home, root)).toEqual([temporary]);
  expect(temporaryHubsOf(hubFolderAt(join(root, 'other')), root)).toEqual([]);
});
