/** Where Quality Hub keeps its files: `.quality-hub` with the database and the spools of runs. */
import { existsSync, lstatSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

export const HUB_FOLDER = '.quality-hub';
export const HUB_DATABASE = 'hub.db';
const STATE_DATABASE = 'state.db';
export const SPOOL_FOLDER = 'spool';

export interface HubFolder {
  readonly path: string;
  readonly database: string;
  /** What workers share. */
  readonly state: string;
  readonly spools: string;
}

/**
 * The folder a run writes to: `QUALITY_HUB_DIR`, else `.quality-hub` in the nearest folder with a `package.json`, from
 * the folder of Playwright's config upwards, else beside the config.
 */
export function hubFolderFor(configDir: string, env: NodeJS.ProcessEnv = process.env): HubFolder {
  if (env.QUALITY_HUB_DIR) return hubFolderAt(resolve(env.QUALITY_HUB_DIR));
  const root = nearest(configDir, 'package.json') ?? configDir;
  return hubFolderAt(join(root, HUB_FOLDER));
}

/** The folder a command reads: `QUALITY_HUB_DIR`, else the nearest existing `.quality-hub` from `cwd` upwards. */
export function findHubFolder(cwd: string, env: NodeJS.ProcessEnv = process.env): HubFolder | undefined {
  if (env.QUALITY_HUB_DIR) {
    const path = resolve(cwd, env.QUALITY_HUB_DIR);
    return existsSync(path) ? hubFolderAt(path) : undefined;
  }
  const root = nearest(cwd, HUB_FOLDER);
  return root === undefined ? undefined : hubFolderAt(join(root, HUB_FOLDER));
}

/** The spool folder of one run. Run ids may come from outside: only harmless characters reach the path. */
export function runSpoolFolder(folder: HubFolder, runId: string): string {
  return join(folder.spools, runId.replace(/[^\w.-]/g, '_').replace(/^\.+/, '_'));
}

/** Beginning of the name of a folder that keeps a run whose own folder could not be written. */
export const TEMPORARY_HUB = 'quality-hub-';
const HOME_FILE = 'home';

/** Notes in a temporary folder which one it stands in for. */
export function markTemporaryHub(temporary: HubFolder, home: HubFolder): void {
  writeFileSync(join(temporary.path, HOME_FILE), resolve(home.path), { mode: 0o600 });
}

/** The temporary folders that stand in for `home`. */
export function temporaryHubsOf(home: HubFolder, tmp: string): readonly HubFolder[] {
  const isOfHome = (path: string): boolean => {
    try {
      // The system's temporary folder is everybody's: what somebody else has put there is not ours.
      const isOurs = process.getuid === undefined || lstatSync(path).uid === process.getuid();
      return isOurs && readFileSync(join(path, HOME_FILE), 'utf8') === resolve(home.path);
    } catch {
      return false;
    }
  };
  const names = readdirSync(tmp).filter(name => name.startsWith(TEMPORARY_HUB));
  return names
    .map(name => join(tmp, name))
    .filter(isOfHome)
    .map(hubFolderAt);
}

/** The layout below a given folder. */
export function hubFolderAt(path: string): HubFolder {
  return {
    path,
    database: join(path, HUB_DATABASE),
    state: join(path, STATE_DATABASE),
    spools: join(path, SPOOL_FOLDER),
  };
}

function nearest(from: string, name: string): string | undefined {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (existsSync(join(folder, name))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}
