/** The seal: when all other reporters have written, what they wrote is masked and looked through. */
import { resolve } from 'node:path';
import type { FullConfig, FullResult, Reporter } from '@playwright/test/reporter';
import type { FindingKind, SealedArtifacts } from '@quality-hub/artifacts';
import { errorSentence, HANDOFF_VARIABLE, type RunHandoff, readHandoff } from '@quality-hub/protocol';
import { createMask, forgetValues, type Mask, readKeptValues } from '@quality-hub/telemetry';
import { Guard } from '../base/guard.ts';
import { runMode } from '../base/mode.ts';
import { outputPlaces } from '../base/output-places.ts';
import { secretsOf } from '../base/run-facts.ts';
import { type CheckedSealOptions, checkSealOptions } from './options.ts';
import { type Verify, verifyOfConfig } from './verify-of-config.ts';

/** Findings and troubles named on the terminal. */
const NAMED = 10;

export class SealReporter implements Reporter {
  readonly #given: Readonly<Record<string, unknown>>;
  readonly #guard = new Guard(error => say(errorSentence(error)));
  #options: CheckedSealOptions | undefined;
  #config: FullConfig | undefined;
  #configured: Promise<Verify> | undefined;

  constructor(options: Readonly<Record<string, unknown>> = {}) {
    this.#given = options;
    this.#guard.run(() => {
      this.#options = checkSealOptions(options);
    });
  }

  printsToStdio(): boolean {
    return false;
  }

  onBegin(config: FullConfig): void {
    this.#config = config;
    // Now: what was handed over to the workers is gone when the run has ended.
    if (this.#options?.verify === undefined) this.#configured = verifyOfConfig(handedOver()?.config);
  }

  async onEnd(_result: FullResult): Promise<{ status?: FullResult['status'] } | undefined> {
    const options = this.#options;
    const isLenient = options === undefined || (options.verify ?? 'fail') !== 'fail';
    const isSealed = await this.#guard.runAsync(() => this.#seal(), isLenient);
    return isSealed ? undefined : { status: 'failed' };
  }

  /** False where a value is still there, or nobody has looked, and that is to fail the run. */
  async #seal(): Promise<boolean> {
    const [config, options] = [this.#config, this.#options];
    if (!config) return true;
    const mode = runMode(this.#given._mode, config);
    if (mode === 'list' || mode === 'interactive') return true;
    // With wrong options nobody knows what was to be done.
    if (!options) return false;
    const mask = maskOf(config, handedOver());
    if (mask.size === 0) return true;
    const configDir = typeof this.#given.configDir === 'string' ? this.#given.configDir : config.rootDir;
    const places = outputPlaces(config, { configDir, isMerge: mode === 'merge' });
    const paths = [...places, ...options.paths.map(path => resolve(configDir, path))];
    const verify = options.verify ?? (await this.#configured) ?? 'fail';
    const { sealArtifacts } = await import('@quality-hub/artifacts');
    const progress = progressLine();
    const sealed = await sealArtifacts(paths, {
      mask,
      budgetMs: options.budgetMs,
      verify: verify !== 'off',
      patterns: options.patterns !== 'off',
      onProgress: ({ done, total }) => progress.show(`Quality Hub: masking the results, file ${done + 1} of ${total}`),
    });
    progress.clear();
    const fails = (kind: FindingKind): boolean => (kind === 'known' ? verify : options.patterns) === 'fail';
    const isFailed = sealed.findings.some(({ kind }) => fails(kind)) || (verify === 'fail' && !sealed.isVerified);
    tell(sealed, isFailed);
    return !isFailed;
  }
}

function handedOver(): RunHandoff | undefined {
  return readHandoff(process.env[HANDOFF_VARIABLE], pid => pid === process.pid);
}

/** Of everything the run knows: its environment and options, and what its processes have kept. */
function maskOf(config: FullConfig, handoff: RunHandoff | undefined): Mask {
  const kept = handoff === undefined ? [] : readKeptValues(handoff).values;
  if (handoff !== undefined) forgetValues(handoff, handoff.shard);
  return createMask({ env: process.env, values: [...secretsOf(config), ...kept] });
}

function tell({ aside, troubles, findings, isVerified }: SealedArtifacts, isFailed: boolean): void {
  for (const { path, movedTo } of aside.slice(0, NAMED))
    say(`There was no time to mask ${path}: it is in ${movedTo} now, and must not be uploaded`);
  for (const { path, reason } of troubles.slice(0, NAMED)) say(`${path} may hold a secret: ${reason}`);
  for (const { kind, path, member, line, meaning, preview } of findings.slice(0, NAMED)) {
    const place = `${path}${member === undefined ? '' : `!${member}`}${line === undefined ? '' : `:${line}`}`;
    if (kind === 'known') say(`${place} still holds a ${meaning} (${preview})`);
    else say(`${place} holds what looks like a secret nobody has named: ${meaning} (${preview})`);
  }
  const more = [aside, troubles, findings].reduce((sum, each) => sum + Math.max(0, each.length - NAMED), 0);
  if (more > 0) say(`… and ${more} more: \`npx quality-hub scan\` lists them`);
  if (!isVerified) say('There was no time to look through all results (option budgetMs of the seal)');
  if (isFailed)
    say('The run has failed: its results must not be uploaded as they are (options verify and patterns of the seal)');
}

function say(sentence: string): void {
  process.stderr.write(`Quality Hub: ${sentence}${/[.?!:`]$/.test(sentence) ? '' : '.'}\n`);
}

/** One line that is written over, on a terminal; nothing in a file. */
function progressLine(): { show(text: string): void; clear(): void } {
  const { stdout } = process;
  if (!stdout.isTTY) return { show: () => {}, clear: () => {} };
  let shownAt = 0;
  let isShown = false;
  return {
    show(text) {
      if (performance.now() - shownAt < 100) return;
      shownAt = performance.now();
      isShown = true;
      stdout.write(`\r\u001b[2K${text}`);
    },
    clear() {
      if (isShown) stdout.write('\r\u001b[2K');
    },
  };
}
