/** Gives the checked configuration to the workers, and follows its files while tests run. */
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { ConfigEvent, LiveConfig, ResolvedConfig } from '@quality-hub/config';
import { type ConfigHandoff, errorSentence } from '@quality-hub/protocol';

/** In the folder of the hub, beside the spools. */
const CONFIG_FOLDER = 'configs';
/** No run takes this long. */
const OLD_MS = 7 * 86_400_000;

export interface HandedConfigurationOptions {
  readonly resolved: ResolvedConfig;
  /** Folder of Playwright's config. */
  readonly configDir: string;
  readonly spoolFolder: string;
  readonly shard: number;
  /** Hears what happened to the configuration while tests run. */
  readonly onNews: (sentence: string) => void;
}

export class HandedConfiguration {
  readonly #options: HandedConfigurationOptions;
  readonly #handoff: ConfigHandoff;
  readonly #door: HandOverDoor;
  #live: LiveConfig | undefined;

  private constructor(options: HandedConfigurationOptions, handoff: ConfigHandoff, door: HandOverDoor) {
    this.#options = options;
    this.#handoff = handoff;
    this.#door = door;
  }

  /** Undefined where the folder cannot be written: then workers resolve the configuration by themselves. */
  static write(options: HandedConfigurationOptions, door: HandOverDoor): HandedConfiguration | undefined {
    const { resolved, spoolFolder, shard } = options;
    const folder = join(dirname(dirname(spoolFolder)), CONFIG_FOLDER);
    try {
      removeOld(folder);
      const handoff = door.handOver(resolved, { file: join(folder, `${basename(spoolFolder)}.${shard}`) });
      return new HandedConfiguration(options, handoff, door);
    } catch {
      return undefined;
    }
  }

  get handoff(): ConfigHandoff {
    return this.#handoff;
  }

  /** A change that is right reaches the tests that begin after it. */
  async follow(): Promise<void> {
    const [{ LiveConfig }, { resolveChecked }] = await Promise.all([
      import('@quality-hub/config'),
      import('@quality-hub/runtime/check'),
    ]);
    if (this.#door.isForgotten(this.#handoff)) return;
    const { resolved, configDir } = this.#options;
    const live = new LiveConfig(resolved, { resolve: updates => resolveChecked({ from: configDir, updates }) });
    live.on(event => this.#heard(event, live.current));
    this.#live = live;
    try {
      live.watch();
    } catch {
      // A machine has only so many watchers: then a change counts with the next run.
    }
  }

  end(): void {
    this.#live?.close();
    this.#door.forgetHandOver(this.#handoff);
  }

  #heard(event: ConfigEvent, current: ResolvedConfig): void {
    const { onNews, resolved } = this.#options;
    if (event.trouble) {
      onNews(
        `${event.by} was changed while tests ran, and is wrong; what it said before goes on. ${errorSentence(event.trouble)}`,
      );
      return;
    }
    const paths = event.changes.map(({ path }) => path);
    try {
      this.#door.handOver(current, { file: this.#handoff.file }, this.#handoff);
    } catch (error) {
      onNews(`${event.by} was changed while tests ran, and cannot be told to them: ${errorSentence(error)}`);
      return;
    }
    const isOfSection = (path: string): boolean => inSections(path, resolved) || inSections(path, current);
    const sections = paths.some(isOfSection) ? '; clients and databases change in workers that start from now on' : '';
    onNews(
      `${event.by} was changed while tests ran: tests that begin after it have the new ${listed(paths)}${sections}`,
    );
  }
}

export type HandOverDoor = typeof import('@quality-hub/config/hand-over');

/** A runner that was killed leaves its file behind, which nobody can read any more. */
function removeOld(folder: string): void {
  if (!existsSync(folder)) return;
  for (const path of readdirSync(folder).map(name => join(folder, name))) {
    if (Date.now() - statSync(path).mtimeMs > OLD_MS) rmSync(path, { force: true });
  }
}

function inSections(path: string, { config }: ResolvedConfig): boolean {
  return Object.hasOwn(config, path.split(/[.[]/)[0] ?? '');
}

function listed(paths: readonly string[]): string {
  return paths.length > 3 ? `${paths.slice(0, 3).join(', ')} and ${paths.length - 3} more` : paths.join(', ');
}
