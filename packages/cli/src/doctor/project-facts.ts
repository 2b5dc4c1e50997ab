/** What the probe reports of a Playwright project. It is written in one process and read in another. */

export interface ProjectFacts {
  readonly playwrightVersion: string;
  readonly configFile?: string;
  readonly rootDir: string;
  /** 0 for no limit. */
  readonly globalTimeoutMs: number;
  /** Reporters as the configuration names them, in order; modules resolved to absolute paths. */
  readonly reporters: readonly string[];
  readonly browsers: readonly BrowserFacts[];
}

export interface BrowserFacts {
  readonly name: string;
  readonly projects: readonly string[];
  /** A browser of this machine that Playwright finds by itself, such as `chrome`. */
  readonly channel?: string;
  readonly path?: string;
  readonly present: boolean;
}

/** Names the file that the probe writes its facts to. */
export const PROBE_VARIABLE = 'QUALITY_HUB_PROBE';
