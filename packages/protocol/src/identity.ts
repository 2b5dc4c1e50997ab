/** The stable key of a test: the same on every machine and shard, after line moves and after merging blobs. */
import { digest } from './digest.ts';

/** Type of the annotation whose description replaces file and titles in the key. */
export const IDENTITY_ANNOTATION = 'qh:id';

export interface TestIdentity {
  /** Name of the hub project; keeps two repositories in one hub apart. */
  readonly project: string;
  /** Name of the Playwright project, '' for an unnamed one. */
  readonly playwrightProject: string;
  /** The file that was loaded: its path from `rootDir`, with forward slashes on every platform. */
  readonly file: string;
  /** Titles of the describes and of the test, outermost first. */
  readonly titlePath: readonly string[];
  /** 0 unless `repeatEach` is used. */
  readonly repeatEachIndex: number;
  /** Description of the `qh:id` annotation, where the test has one. */
  readonly id?: string;
}

/** What both Playwright's `TestCase` and `TestInfo` can tell about a test. */
export interface IdentityFacts {
  readonly project: string;
  readonly playwrightProject: string;
  /**
   * The file that Playwright loaded, as it titles it: a path from `rootDir` with the separators of the platform. Not the
   * place where `test()` was called: files that share a function which declares tests would share their tests.
   */
  readonly file: string;
  readonly titlePath: readonly string[];
  readonly repeatEachIndex: number;
  readonly annotations: readonly { readonly type: string; readonly description?: string | undefined }[];
}

/** Names a test from what the runner or a worker knows of it. Both must come to the same identity. */
export function identityOf(facts: IdentityFacts): TestIdentity {
  const id = facts.annotations.find(({ type }) => type === IDENTITY_ANNOTATION)?.description;
  return {
    project: facts.project,
    playwrightProject: facts.playwrightProject,
    file: facts.file.replaceAll('\\', '/'),
    titlePath: facts.titlePath,
    repeatEachIndex: facts.repeatEachIndex,
    ...(id ? { id } : {}),
  };
}

/**
 * 32 hex digits that name the test. With a `qh:id` the file and the titles play no part, so that a renamed or moved
 * test keeps its history. Never Playwright's `TestCase.id`: merging blobs salts it.
 */
export function identityKey(identity: TestIdentity): string {
  const name = identity.id === undefined ? ['t', identity.file, ...identity.titlePath] : ['i', identity.id];
  const parts = [identity.project, identity.playwrightProject, String(identity.repeatEachIndex), ...name];
  return digest(JSON.stringify(parts), 32);
}

/** The full title as people read it: project, file and titles, joined by ` › `. */
export function identityTitle(identity: TestIdentity): string {
  const project = identity.playwrightProject ? [`[${identity.playwrightProject}]`] : [];
  const repeat = identity.repeatEachIndex > 0 ? [`(repeat ${identity.repeatEachIndex + 1})`] : [];
  return [...project, identity.file, ...identity.titlePath, ...repeat].join(' › ');
}

/** `file` as seen from `rootDir`, in forward slashes; Windows drive letters compare without case. */
export function relativePosix(rootDir: string, file: string): string {
  const from = segments(rootDir);
  const to = segments(file);
  let shared = 0;
  while (shared < from.length && shared < to.length && sameSegment(from[shared], to[shared])) shared++;
  return [...from.slice(shared).map(() => '..'), ...to.slice(shared)].join('/');
}

function segments(path: string): string[] {
  return path.split(/[\\/]+/).filter(part => part !== '' && part !== '.');
}

function sameSegment(a: string | undefined, b: string | undefined): boolean {
  return a === b || (a !== undefined && /^[a-z]:$/i.test(a) && a.toLowerCase() === b?.toLowerCase());
}
