/** Turns Playwright's objects into the words of the protocol, masked; the shape of a Playwright object is known only here. */
import type { FullConfig, Suite, TestCase, TestError, TestResult, TestStep } from '@playwright/test/reporter';
import {
  type Annotation,
  createInstantText,
  identityKey,
  identityOf,
  type PlannedTest,
  type RunError,
  relativePosix,
  type SourceLocation,
  type StepFacts,
  type TestIdentity,
} from '@quality-hub/protocol';
import type { Mask } from '@quality-hub/telemetry';

const ANSI = /[\u001b\u009b][[()#;?]*(?:\d{1,4}(?:;\d{0,4})*)?[\dA-ORZcf-nqry=><]/g;
/** A message of several megabytes, from a huge diff say, is cut: its ends tell what it was. */
const LONGEST_TEXT = 64 * 1024;
const ERROR_TEXTS = ['message', 'stack', 'snippet', 'value'] as const;

type Writable<T> = { -readonly [K in keyof T]: T[K] };

interface PlaywrightLocation {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface NormaliserOptions {
  /** Name of the suite in the hub. */
  readonly project: string;
  readonly rootDir: string;
  readonly mask: Mask;
  /** The tests come from blobs, which do not hold everything that is known of a test before it runs. */
  readonly replayed: boolean;
}

/** Knows the run's root folder, its project name and its mask, and remembers what is asked for again and again. */
export class Normaliser {
  readonly #project: string;
  readonly #rootDir: string;
  readonly #mask: Mask;
  readonly #replayed: boolean;
  readonly #files = new Map<string, string>();
  /** Root folders, with a slash at their end, of the machines that wrote the blobs. */
  readonly #otherRoots = new Set<string>();
  readonly #keys = new Map<TestCase, string>();
  readonly #instant = createInstantText();
  readonly #maskedSuites = new WeakSet<Suite>();

  constructor({ project, rootDir, mask, replayed }: NormaliserOptions) {
    this.#project = project;
    this.#rootDir = rootDir;
    this.#mask = mask;
    this.#replayed = replayed;
  }

  /** The identity key of a test, made once. Titles count as they read after masking: workers see them so, and blobs. */
  key(test: TestCase): string {
    let key = this.#keys.get(test);
    if (key === undefined) {
      key = identityKey(this.identity(test));
      this.#keys.set(test, key);
    }
    return key;
  }

  identity(test: TestCase): TestIdentity {
    const [, playwrightProject = '', file = '', ...titlePath] = test.titlePath();
    return identityOf({
      project: this.#project,
      playwrightProject,
      file,
      titlePath: titlePath.map(title => this.#mask.text(title)),
      repeatEachIndex: test.repeatEachIndex,
      annotations: test.annotations,
    });
  }

  planned(test: TestCase): PlannedTest {
    const identity = this.identity(test);
    const key = identityKey(identity);
    this.#keys.set(test, key);
    return {
      test: key,
      identity,
      location: this.location(test.location),
      tags: test.tags,
      annotations: this.annotations(test.annotations),
      retries: test.retries,
      ...(this.#replayed ? plannedInBlob(test) : { timeoutMs: test.timeout, expectedStatus: test.expectedStatus }),
    };
  }

  location({ file, line, column }: PlaywrightLocation): SourceLocation {
    return { file: this.#file(file), line, column };
  }

  /** Annotations, masked; the objects of Playwright are masked too, for the reporters after us. */
  annotations(annotations: TestCase['annotations']): Annotation[] {
    return annotations.map(annotation => {
      this.#maskInPlace(annotation, ['description']);
      const { type, description } = annotation;
      return { type, ...(description === undefined ? {} : { description: String(description) }) };
    });
  }

  /** An error, masked, cut and without colours. The object of Playwright is masked too, for the reporters after us. */
  error(error: TestError, test?: TestCase): RunError {
    this.#maskInPlace(error, ERROR_TEXTS);
    const message = error.message ?? error.value ?? 'An error without a message';
    return {
      message: plain(message),
      ...(error.stack === undefined ? {} : { stack: plain(error.stack) }),
      ...(error.snippet === undefined ? {} : { snippet: plain(error.snippet) }),
      ...(error.location === undefined ? {} : { location: this.#errorLocation(error.location, test) }),
      ...(error.cause === undefined ? {} : { cause: this.error(error.cause, test) }),
    };
  }

  step(step: TestStep, id: number, parent: number | undefined): StepFacts {
    this.#maskInPlace(step, ['title', 'subtitle']);
    if (step.params !== undefined) {
      const masked = this.#mask.deep(step.params);
      if (masked !== step.params) Object.assign(step.params, masked);
    }
    if (step.error !== undefined) this.#maskInPlace(step.error, ERROR_TEXTS);
    const { title, subtitle, category, params, startTime, duration, location, error } = step;
    // Filled field by field: a run has more steps than anything else, and spreading costs more than all of the rest.
    const facts: Writable<StepFacts> = {
      id,
      title,
      category,
      startedAt: this.instant(startTime),
      // Playwright takes it from a clock that may be set while the step runs.
      durationMs: Math.max(0, duration),
    };
    if (parent !== undefined) facts.parent = parent;
    if (subtitle !== undefined) facts.subtitle = subtitle;
    if (params !== undefined) facts.params = params;
    if (location !== undefined) facts.location = this.location(location);
    if (error !== undefined) facts.error = plain(error.message ?? error.value ?? '');
    return facts;
  }

  instant(date: Date): string {
    return this.#instant(date.getTime());
  }

  text(text: string): string {
    return this.#mask.text(text);
  }

  deep<T>(value: T): T {
    return this.#mask.deep(value);
  }

  /** Titles are born in the runner: masks them, the test's and its groups', where the reporters after us read them. */
  maskTest(test: TestCase): void {
    this.#maskInPlace(test, ['title']);
    for (let suite: Suite | undefined = test.parent; suite?.type === 'describe'; suite = suite.parent) {
      if (this.#maskedSuites.has(suite)) return;
      this.#maskedSuites.add(suite);
      this.#maskInPlace(suite, ['title']);
    }
  }

  /**
   * Masks what the configuration tells: metadata, options of reporters and fixtures, commands of servers. Some reporters
   * write all of it. Only when all workers have ended: they are given parts of it.
   */
  maskConfig(config: FullConfig): void {
    this.#maskDeep(config, ['metadata', 'reporter', 'webServer', 'argv']);
    for (const project of config.projects) this.#maskDeep(project, ['metadata', 'use']);
  }

  /**
   * A blob holds the places of errors as absolute paths of the machine that ran the test. Where the merge has another root
   * folder, an error in the file of its test tells that of the other machine.
   */
  #errorLocation(location: PlaywrightLocation, test: TestCase | undefined): SourceLocation {
    const own = this.location(location);
    if (!this.#replayed || !own.file.startsWith('../')) return own;
    const path = location.file.replaceAll('\\', '/');
    const ofTest = test && `/${this.#file(test.location.file)}`;
    if (ofTest && path.endsWith(ofTest)) this.#otherRoots.add(path.slice(0, 1 - ofTest.length));
    const root = [...this.#otherRoots].find(other => path.startsWith(other));
    return root === undefined ? own : { ...own, file: path.slice(root.length) };
  }

  #file(file: string): string {
    let relative = this.#files.get(file);
    if (relative === undefined) {
      relative = relativePosix(this.#rootDir, file);
      this.#files.set(file, relative);
    }
    return relative;
  }

  #maskDeep<T extends object>(target: T, fields: readonly (keyof T)[]): void {
    for (const field of fields) {
      const value = target[field];
      const masked = this.#mask.deep(value);
      if (masked !== value) target[field] = masked;
    }
  }

  #maskInPlace<T extends object>(target: T, fields: readonly (keyof T)[]): void {
    for (const field of fields) {
      const text = target[field];
      if (typeof text !== 'string') continue;
      const masked = this.#mask.text(text);
      if (masked !== text) target[field] = masked as T[typeof field];
    }
  }
}

/**
 * A blob tells a test's timeout and expected status with its end only. Until then the timeout of its project stands for the
 * first, which is wrong for a test whose `describe` sets another; its annotations tell the second.
 */
function plannedInBlob(test: TestCase): Pick<PlannedTest, 'timeoutMs' | 'expectedStatus'> {
  const isSkipped = test.annotations.some(({ type }) => type === 'skip' || type === 'fixme');
  return { timeoutMs: test.parent.project()?.timeout ?? 0, expectedStatus: isSkipped ? 'skipped' : 'passed' };
}

/** Bodies of the attachments of that name: hooks around a test have their own. */
export function attachmentBodies(result: TestResult, name: string): string[] {
  return result.attachments.flatMap(attachment =>
    attachment.name === name && attachment.body ? [attachment.body.toString('utf8')] : [],
  );
}

function plain(text: string): string {
  const short = text.length <= LONGEST_TEXT ? text : cut(text);
  return short.includes('\u001b') || short.includes('\u009b') ? short.replace(ANSI, '') : short;
}

function cut(text: string): string {
  const half = LONGEST_TEXT / 2;
  return `${text.slice(0, half)}\n… ${text.length - LONGEST_TEXT} characters left out …\n${text.slice(-half)}`;
}
