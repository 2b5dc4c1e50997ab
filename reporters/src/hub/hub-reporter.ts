/** The reporter: every result into the spool at once, the embedded hub beside the run, one block at the end. */
import type {
  FullConfig,
  FullResult,
  Reporter,
  Suite,
  TestCase,
  TestError,
  TestResult,
  TestStep,
  WorkerInfo,
} from '@playwright/test/reporter';
import {
  type ConfigTrouble,
  errorSentence,
  HANDOFF_VARIABLE,
  REFUSAL_VARIABLE,
  type RunHandoff,
  readHandoff,
  whyUnsupported,
} from '@quality-hub/protocol';
import {
  createMask,
  forgetValues,
  hubFolderFor,
  keepValues,
  readKeptValues,
  runSpoolFolder,
} from '@quality-hub/telemetry';
import { Guard } from '../base/guard.ts';
import { maskTerminals } from '../base/masked-terminal.ts';
import { isRecorded, type RunMode, runMode } from '../base/mode.ts';
import { type NeedsRecord, recordNeeds } from '../base/needs/needs-record.ts';
import { type FoundNeeds, planNeeds } from '../base/needs/plan-needs.ts';
import { Normaliser } from '../base/normalise.ts';
import { Recording } from '../base/recording.ts';
import { hasSeal, isListedBehindHtml, runStarted, secretsOf } from '../base/run-facts.ts';
import { nameRun, type RunName } from '../base/run-id.ts';
import { tally } from '../base/tally.ts';
import { checkConfiguration } from './check-configuration.ts';
import { EmbeddedDelivery } from './embedded-delivery.ts';
import { endBlock } from './end-block.ts';
import { HandedConfiguration, type HandedConfigurationOptions, type HandOverDoor } from './handed-configuration.ts';
import { type LeftBehind, leftBehind } from './left-behind.ts';
import { type CheckedOptions, checkOptions } from './options.ts';
import { SpoolPlace } from './spool-place.ts';

const HEARTBEAT_MS = 5_000;
/** How often it is looked whether the record is still where it was. */
const CHECK_MS = 1_000;
/** How long the end of the run is held back for tests that the runner is still stopping. */
const LAST_ENDS_MS = 3_000;

/** Everything that exists only while a run is recorded. */
interface Session {
  readonly run: RunName;
  readonly shard: number;
  /** Its tests run now: it is no merge of what others have recorded. */
  readonly isHappening: boolean;
  readonly place: SpoolPlace;
  readonly recording: Recording;
  readonly delivery: EmbeddedDelivery | undefined;
  readonly timers: readonly NodeJS.Timeout[];
  readonly normaliser: Normaliser;
  readonly suite: Suite;
  readonly maskConfig: () => void;
  readonly endConfiguration: () => void;
  /** What was masked from the beginning on. */
  readonly values: readonly string[];
  /** Where tests need others. */
  readonly needs: NeedsRecord | undefined;
  /** The seal comes behind us. */
  readonly isSealed: boolean;
}

type PreprocessParameters = Parameters<NonNullable<Reporter['preprocess']>>[0];

export class HubReporter implements Reporter {
  readonly #given: Readonly<Record<string, unknown>>;
  readonly #guard = new Guard(error => this.#notices.add(errorSentence(error)));
  readonly #notices = new Set<string>();
  #options: CheckedOptions | undefined;
  #session: Session | undefined;
  #block: string | undefined;
  #printsEarly = false;
  #leftBehind: LeftBehind = {};
  #configTrouble: ConfigTrouble | undefined;
  #foundNeeds: FoundNeeds | undefined;
  /** Knows what the environment and our options tell; what the configuration of Playwright tells is added at the begin. */
  readonly #mask = createMask({ env: process.env });
  #unmaskTerminals: (() => void) | undefined;
  #resolved: (Pick<HandedConfigurationOptions, 'resolved'> & { door: HandOverDoor }) | undefined;

  constructor(options: Readonly<Record<string, unknown>> = {}) {
    this.#given = options;
    this.#guard.run(() => {
      this.#options = checkOptions(options);
      this.#mask.add(givenValues(this.#options));
      // Here already: a global setup prints before any other callback of ours.
      this.#unmaskTerminals = maskTerminals([process.stdout, process.stderr], this.#mask);
    });
  }

  printsToStdio(): boolean {
    return false;
  }

  /** Awaited before the first worker starts: what is found wrong goes to the workers, and to the terminal. */
  async preprocess({ config, suite, testRun }: PreprocessParameters): Promise<void> {
    await this.#guard.runAsync(async () => {
      const mode = runMode(this.#given._mode, config);
      this.#configTrouble = undefined;
      this.#resolved = undefined;
      this.#foundNeeds = undefined;
      if (!this.#options || !isRecorded(mode)) return;
      this.#guard.run(() => {
        this.#foundNeeds = planNeeds({ config, suite, modeOf: group => testRun.mode(group) });
      });
      const { trouble, sentence, ...checked } = await checkConfiguration(this.#configDir(config));
      this.#configTrouble = trouble;
      if ('resolved' in checked && checked.resolved) {
        this.#resolved = { resolved: checked.resolved, door: await import('@quality-hub/config/hand-over') };
      }
      if (sentence !== undefined) this.#sayNow(sentence);
    }, undefined);
  }

  onBegin(config: FullConfig, suite: Suite): void {
    this.#guard.run(() => {
      const mode = runMode(this.#given._mode, config);
      if (mode === 'list') return;
      this.#printsEarly = isListedBehindHtml(config);
      // Before the rest: an old Playwright does not even tell what kind of run it is.
      const tooOld = whyUnsupported({ node: process.versions.node, playwright: config.version });
      if (tooOld) process.env[REFUSAL_VARIABLE] = tooOld;
      const refusal = tooOld ?? whyTwice();
      if (refusal) this.#notices.add(refusal);
      else if (this.#options && isRecorded(mode)) this.#session = this.#begin(this.#options, mode, config, suite);
    });
  }

  onTestBegin(test: TestCase, result: TestResult): void {
    this.#record(recording => recording.testBegan(test, result));
    this.#session?.delivery?.start();
    this.#guard.run(() => this.#session?.needs?.began(test));
  }

  onStepEnd(test: TestCase, result: TestResult, step: TestStep): void {
    this.#record(recording => recording.stepEnded(test, result, step));
  }

  onStdOut(chunk: string | Buffer, test: TestCase | void, result: TestResult | void): void {
    this.#record(recording => recording.output('stdout', chunk, test, result));
  }

  onStdErr(chunk: string | Buffer, test: TestCase | void, result: TestResult | void): void {
    this.#record(recording => recording.output('stderr', chunk, test, result));
  }

  onTestEnd(test: TestCase, result: TestResult): void {
    this.#guard.run(() => this.#session?.needs?.ended(test, result));
    this.#record(recording => recording.testEnded(test, result));
  }

  onError(error: TestError, workerInfo?: WorkerInfo): void {
    this.#record(recording => recording.error(error, workerInfo));
  }

  async onEnd(result: FullResult): Promise<{ status?: FullResult['status'] } | undefined> {
    const complete = await this.#guard.runAsync(() => this.#finish(result), false);
    const strict = this.#options?.strict === true && this.#session !== undefined;
    if (this.#printsEarly) this.#print();
    const { refusal } = this.#leftBehind;
    return (strict && !complete) || refusal !== undefined ? { status: 'failed' } : undefined;
  }

  async onExit(): Promise<void> {
    this.#print();
    // The seal needs them until its end, and forgets them; where it could not, nothing is left.
    if (this.#session?.isSealed) this.#guard.run(() => this.#forget());
    // A long-lived process may record another run.
    if (this.#session) delete process.env[HANDOFF_VARIABLE];
    this.#unmaskTerminals?.();
  }

  /** Time in our callbacks: read by the benchmarks. */
  get callbackReport(): { totalMs: number; calls: number } {
    return this.#guard.report();
  }

  #configDir({ rootDir }: FullConfig): string {
    return typeof this.#given.configDir === 'string' ? this.#given.configDir : rootDir;
  }

  /** At once, and at the end again. */
  #sayNow(sentence: string): void {
    this.#notices.add(sentence);
    process.stderr.write(`Quality Hub: ${sentence}\n`);
  }

  #record(callback: (recording: Recording) => void): void {
    const recording = this.#session?.recording;
    if (recording) this.#guard.run(() => callback(recording));
  }

  #begin(options: CheckedOptions, given: RunMode, config: FullConfig, suite: Suite): Session {
    const mode = given === 'merge' ? 'merge' : 'test';
    const configDir = this.#configDir(config);
    const configTrouble = this.#configTrouble && { configTrouble: this.#configTrouble };
    const run = nameRun(options.project);
    const shard = config.shard?.current ?? 1;
    const values = [...givenValues(options), ...secretsOf(config)];
    const home = hubFolderFor(configDir);
    const place = new SpoolPlace({
      home,
      runId: run.runId,
      shard,
      onTrouble: sentence => this.#notices.add(sentence),
      onMoved: folder => {
        if (folder !== home) forgetValues({ spoolFolder: runSpoolFolder(home, run.runId) }, shard);
        settleIn();
        delivery?.moveTo(folder);
      },
    });
    let handed: HandedConfiguration | undefined;
    let needs: NeedsRecord | undefined;
    const settleIn = (): void => {
      const { spoolFolder, spool } = place;
      const { project } = options;
      handed?.end();
      handed = this.#handConfiguration({ configDir, spoolFolder, shard });
      const plan = needs?.write(spoolFolder, shard);
      const told = {
        ...configTrouble,
        ...(handed ? { config: handed.handoff } : {}),
        ...(plan === undefined ? {} : { needs: plan }),
      };
      handOver({ runId: run.runId, shard, project, spoolFolder, runnerPid: process.pid, ...told });
      keepValues({ spoolFolder }, { shard, writer: spool.writer, values, env: process.env });
    };
    const delivery = options.hub === 'embedded' ? new EmbeddedDelivery(place.folder, run.runId) : undefined;
    this.#mask.add(values);
    const normaliser = new Normaliser({
      project: options.project,
      rootDir: config.rootDir,
      mask: this.#mask,
      replayed: mode === 'merge',
    });
    const recording = new Recording({
      spool: place.spool,
      normaliser,
      happening: mode === 'test',
      onProblem: error => this.#notices.add(errorSentence(error)),
    });
    recording.add(runStarted(config, { project: options.project, mode, run }));
    recording.plan(suite);
    needs = recordNeeds(this.#foundNeeds, { config, suite, normaliser, tell: sentence => this.#sayNow(sentence) });
    // Where no place can be written now there may be room later: the events wait in memory.
    this.#guard.run(() => recording.flush());
    // Last: what throws before it leaves nothing behind for the workers, or for the next run of a long-lived process.
    settleIn();
    const timers = [
      setInterval(() => this.#record(live => live.add({ kind: 'heartbeat' })), HEARTBEAT_MS).unref(),
      setInterval(() => this.#guard.run(() => place.check()), CHECK_MS).unref(),
    ];
    const maskConfig = (): void => normaliser.maskConfig(config);
    const endConfiguration = (): void => handed?.end();
    const isSealed = hasSeal(config);
    return {
      run,
      shard,
      isHappening: mode === 'test',
      place,
      recording,
      delivery,
      timers,
      normaliser,
      suite,
      maskConfig,
      endConfiguration,
      values,
      needs,
      isSealed,
    };
  }

  #handConfiguration(
    where: Pick<HandedConfigurationOptions, 'configDir' | 'spoolFolder' | 'shard'>,
  ): HandedConfiguration | undefined {
    if (this.#resolved === undefined) return undefined;
    const { resolved, door } = this.#resolved;
    const onNews = (sentence: string): void => this.#sayNow(sentence);
    const handed = HandedConfiguration.write({ ...where, resolved, onNews }, door);
    void this.#guard.runAsync(async () => handed?.follow(), undefined);
    return handed;
  }

  /** Ends the record, waits for the hub within its budget, and prepares the block. True when every event is kept. */
  async #finish(result: FullResult): Promise<boolean> {
    const session = this.#session;
    if (session === undefined) return true;
    await session.recording.lastEnds(LAST_ENDS_MS);
    for (const timer of session.timers) clearInterval(timer);
    this.#guard.run(session.endConfiguration);
    // What workers have read from stores meanwhile: the last of what is born here is masked with it.
    const kept = readKeptValues(session.place).values;
    this.#mask.add(kept);
    const left = await this.#guard.runAsync(() => this.#lookBehind(session), {});
    this.#leftBehind = left;
    if (left.refusal !== undefined) this.#notices.add(left.refusal);
    const unknown = session.needs?.unknown;
    if (unknown !== undefined) this.#notices.add(unknown);
    this.#guard.run(() => session.recording.runEnded(result, left.leftovers));
    this.#guard.run(() => session.place.settle());
    this.#guard.run(session.maskConfig);
    const answer = await session.delivery?.finish(this.#options?.finishTimeoutMs ?? 0);
    this.#guard.run(() => session.recording.close());
    await this.#guard.runAsync(() => this.#maskLate(session, kept), undefined);
    if (!session.isSealed) forgetValues(session.place, session.shard);
    if (answer?.ok === false) this.#notices.add(answer.sentence);
    const { events, unwritten } = session.recording;
    const digest = answer?.ok ? answer.digest : undefined;
    // The hub cannot know of events that never reached the disk.
    const delivery = digest
      ? { events: digest.delivery.events + unwritten, kept: digest.delivery.kept }
      : { events, kept: events - unwritten };
    this.#block = endBlock({
      counts: digest?.counts ?? tally(session.suite, test => session.normaliser.key(test)),
      ...digest,
      ...(left.words === undefined ? {} : { leftBehind: left.words }),
      delivery,
      spoolOnly: digest === undefined,
      runId: session.run.runId,
      folder: session.place.folder,
    });
    return delivery.kept === delivery.events && (answer?.ok ?? true);
  }

  /** What the workers, which have ended, and those of earlier runs have left to nobody. */
  async #lookBehind({ place, isHappening }: Session): Promise<LeftBehind> {
    return isHappening ? leftBehind(place.folder, this.#resolved?.resolved) : {};
  }

  /** A value that a worker has read at minute five may stand in what was recorded at minute one. */
  async #maskLate({ run, shard, place, values }: Session, kept: readonly string[]): Promise<void> {
    const late = kept.filter(value => !values.includes(value));
    if (late.length === 0) return;
    const { maskRun } = await import('@quality-hub/hub');
    const { left } = await maskRun({
      folder: place.folder,
      runId: run.runId,
      shard,
      mask: createMask({ values: late }),
    });
    for (const path of left)
      this.#notices.add(`${path} still holds a value that is known to be secret: it must not be uploaded`);
  }

  #forget(): void {
    if (this.#session) forgetValues(this.#session.place, this.#session.shard);
  }

  #print(): void {
    const lines = [...this.#notices].map(notice => `Quality Hub: ${notice}\n`).join('');
    const text = `${this.#block ?? ''}${lines}`;
    this.#block = undefined;
    this.#notices.clear();
    if (text !== '') process.stdout.write(`\n${text}`);
  }
}

/** What is to be masked besides the secrets that the environment shows by their names. */
function givenValues({ mask: { values, env } }: CheckedOptions): string[] {
  return [...values, ...env.flatMap(name => process.env[name] ?? [])];
}

/** Listed in the config and added on the command line, say: one record of a run is enough. */
function whyTwice(): string | undefined {
  const other = readHandoff(process.env[HANDOFF_VARIABLE], pid => pid === process.pid);
  return (
    other && 'The reporter is listed twice; the first one records the run, the second stands aside. Remove one of them.'
  );
}

function handOver(handoff: RunHandoff): void {
  process.env[HANDOFF_VARIABLE] = JSON.stringify(handoff);
}
