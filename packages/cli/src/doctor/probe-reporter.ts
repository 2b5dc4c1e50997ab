/**
 * A reporter that writes down the configuration as Playwright resolved it, and nothing else.
 *
 * It runs inside the user's Playwright: TypeScript configurations load there as they do in a real run. The user's own
 * reporters are switched off meanwhile, since `--list` would let some of them write over the last report; so their list
 * is read from the configuration's module.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BrowserFacts, PROBE_VARIABLE, type ProjectFacts } from './project-facts.ts';

/** The parts of Playwright's `FullConfig` that the probe reads. */
interface PlaywrightConfig {
  readonly version: string;
  readonly configFile?: string;
  readonly rootDir: string;
  readonly globalTimeout: number;
  readonly projects: readonly { readonly name: string; readonly use: PlaywrightUse }[];
}

interface PlaywrightUse {
  readonly browserName?: string;
  readonly defaultBrowserType?: string;
  readonly channel?: string;
  readonly connectOptions?: unknown;
  readonly launchOptions?: { readonly executablePath?: string; readonly channel?: string };
}

type BrowserTypes = Readonly<Record<string, { executablePath(): string } | undefined>>;

// biome-ignore lint/style/noDefaultExport: Playwright takes the default export of a reporter's module.
export default class ProbeReporter {
  #config: PlaywrightConfig | undefined;

  printsToStdio(): boolean {
    return true;
  }

  onBegin(config: PlaywrightConfig): void {
    this.#config = config;
  }

  async onEnd(): Promise<void> {
    const target = process.env[PROBE_VARIABLE];
    if (target && this.#config) writeFileSync(target, JSON.stringify(await factsOf(this.#config)));
  }
}

async function factsOf(config: PlaywrightConfig): Promise<ProjectFacts> {
  return {
    playwrightVersion: config.version,
    ...(config.configFile === undefined ? {} : { configFile: config.configFile }),
    rootDir: config.rootDir,
    globalTimeoutMs: config.globalTimeout,
    reporters: config.configFile === undefined ? [] : await reportersOf(config.configFile),
    browsers: browsersOf(config),
  };
}

async function reportersOf(configFile: string): Promise<string[]> {
  const { reporter } = (await loadConfig(configFile)) as { reporter?: unknown };
  const entries = typeof reporter === 'string' ? [reporter] : Array.isArray(reporter) ? reporter : [];
  return entries.flatMap(entry => {
    const name: unknown = Array.isArray(entry) ? entry[0] : entry;
    return typeof name === 'string' ? [resolveReporter(name, dirname(configFile))] : [];
  });
}

/** The configuration's module is loaded already; this asks for the same one again, by the road Playwright took. */
async function loadConfig(configFile: string): Promise<object> {
  const loaded: unknown = isModule(configFile)
    ? await import(pathToFileURL(configFile).href)
    : createRequire(configFile)(configFile);
  let value = loaded;
  while (typeof value === 'object' && value !== null && 'default' in value) value = value.default;
  return typeof value === 'object' && value !== null ? value : {};
}

function isModule(file: string): boolean {
  if (/^\.m[jt]s$/.test(extname(file))) return true;
  if (/^\.c[jt]s$/.test(extname(file))) return false;
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest))
      return (JSON.parse(readFileSync(manifest, 'utf8')) as { type?: string }).type === 'module';
    if (dirname(folder) === folder) return false;
  }
}

/** As Playwright does: a path from the configuration's folder, else a module, else the name of a built-in one. */
function resolveReporter(name: string, configDir: string): string {
  const local = resolve(configDir, name);
  if (existsSync(local)) return local;
  try {
    return createRequire(join(configDir, 'package.json')).resolve(name);
  } catch {
    return name;
  }
}

function browsersOf(config: PlaywrightConfig): BrowserFacts[] {
  const types = createRequire(join(config.rootDir, 'package.json'))('@playwright/test') as BrowserTypes;
  const found = new Map<string, BrowserFacts>();
  for (const { name, use } of config.projects) {
    if (use.connectOptions) continue;
    const browser = use.browserName ?? use.defaultBrowserType ?? 'chromium';
    const given = use.launchOptions?.executablePath;
    const channel = given ? undefined : (use.channel ?? use.launchOptions?.channel);
    const key = `${browser} ${given ?? channel ?? ''}`;
    const projects = [...(found.get(key)?.projects ?? []), name];
    if (channel) {
      found.set(key, { name: browser, projects, channel, present: true });
      continue;
    }
    const path = given ?? types[browser]?.executablePath();
    if (path) found.set(key, { name: browser, projects, path, present: existsSync(path) || hasHeadlessShell(path) });
  }
  return [...found.values()];
}

/** `playwright install --only-shell` leaves no full Chromium, and headless tests do not need one. */
function hasHeadlessShell(path: string): boolean {
  const registry = /^(.*)[\\/]chromium-\d+[\\/]/.exec(path)?.[1];
  if (registry === undefined || !existsSync(registry)) return false;
  return readdirSync(registry).some(name => name.startsWith('chromium_headless_shell-'));
}
