/** The secrets of one process: opened when the first is asked for, kept from whom they are not for, told and audited. */
import { type Evidence, errorSentence, isQualityHubError, type SecretEvidence } from '@quality-hub/protocol';
import type {
  AuditEntry,
  AuditTrail,
  OpenedSecrets,
  RotatedSecret,
  RotationSteps,
  SecretsSection,
  SecretUser,
} from '@quality-hub/secrets';
import { isMaskable, type Secret } from '@quality-hub/telemetry';
import { failedRead, readEvidence, rejectedEvidence, staleEvidence } from './secret-evidence.ts';
import type { Refusal, SecretSource } from './secret-source.ts';

/** The test that runs, as rules of access and the audit know it. */
export interface RunningTest extends SecretUser {
  /** Names the attempt: what it reads is told once. */
  readonly attempt: string;
}

export interface RuntimeSecretsOptions {
  readonly section: SecretsSection;
  /** Paths of stores are from here. */
  readonly folder: string;
  /** Hears of every text of a value before anybody gets it. */
  readonly beforeReveal: (name: string, texts: readonly string[]) => void;
  readonly observe: (evidence: Evidence) => void;
  /** Undefined outside of tests. */
  readonly runningTest: () => RunningTest | undefined;
  /** Where it is written who had which secret; without it nothing is written. */
  readonly audit?: { readonly path: string; readonly runId: string; readonly writer: string } | undefined;
  /** Wall clock. */
  readonly now: () => number;
  readonly env?: NodeJS.ProcessEnv;
}

export class RuntimeSecrets implements SecretSource {
  readonly #options: RuntimeSecretsOptions;
  /** What was told already: of each attempt once. */
  readonly #told = new Set<string>();
  #toldFor: string | undefined;
  #opened: Promise<OpenedSecrets> | undefined;
  #current: OpenedSecrets | undefined;
  #trail: AuditTrail | undefined;
  /** For whom `reveal` is called right now; a test's own call has none. */
  #purpose: string | undefined;

  constructor(options: RuntimeSecretsOptions) {
    this.#options = options;
  }

  get names(): readonly string[] {
    return Object.keys(this.#options.section.refs ?? {});
  }

  /** Last line of what was audited here; undefined where nothing was. */
  get auditEnd(): { readonly writer: string; readonly seq: number; readonly hash: string } | undefined {
    const { audit } = this.#options;
    return audit && this.#trail && { writer: audit.writer, ...this.#trail.end };
  }

  /** The secret in its box. @throws {SecretError} with the reason; `_REFUSED` where a rule keeps it from the test that runs. */
  async get<T = string>(name: string): Promise<Secret<T>> {
    return this.#read<T>(name, undefined);
  }

  /** @throws {SecretError} as {@link get}. */
  async text(name: string, dependency: string): Promise<string> {
    return this.#opens(await this.#read<unknown>(name, dependency), dependency);
  }

  async address(name: string, dependency: string): Promise<string> {
    return this.#opens(await this.#read<unknown>(name, dependency, { isForAll: true }), dependency);
  }

  peek(name: string): unknown {
    const value = this.#current?.secrets.peek(name);
    return typeof value === 'string' || value === undefined ? value : JSON.stringify(value);
  }

  async recover(name: string, { values, reason, dependency, withOthers }: Refusal): Promise<boolean> {
    const { secrets } = await this.#open();
    const before = secrets.factsOf(name);
    try {
      const refused = values.map(value => this.#asKept(value, secrets.peek(name)));
      const found = await secrets.recover(name, refused, `${reason} from ${dependency}`, { onlyNewer: withOthers });
      const facts = secrets.factsOf(name);
      if (found) {
        const outcome = facts.isPrevious ? 'previous' : 'rotated';
        this.#tell({ ...this.#evidence(name), outcome, dependency, detail: `${reason} from ${dependency}` });
        // That it is read says nothing more.
        this.#isNew(toldAs({ ...this.#evidence(name), dependency }));
        this.#audit({ action: 'renewed', name, store: facts.store, why: `${reason} from ${dependency}` });
      } else {
        this.#tell(rejectedEvidence(before, { reason, dependency, refusals: values.length, now: this.#options.now() }));
        this.#auditFailure(name, before.store, `${reason} from ${dependency}`);
      }
      return found;
    } catch (error) {
      this.#tell({ ...failedRead(name, before.store, error), dependency });
      this.#auditFailure(name, before.store, error);
      return false;
    }
  }

  /**
   * Gives a secret another value, in steps. See `Secrets.rotate` of `@quality-hub/secrets`.
   *
   * @throws {SecretError} as {@link get}, or what a step throws.
   */
  async rotate<T = string>(name: string, steps: RotationSteps<T>): Promise<RotatedSecret> {
    await this.#read(name, undefined);
    const { secrets } = await this.#open();
    const rotated = await secrets.rotate(name, steps);
    const { store } = secrets.factsOf(name);
    this.#audit({ action: 'written', name, store, version: rotated.version, why: 'rotation' });
    this.#tell({ ...this.#evidence(name), outcome: 'rotated', detail: 'by secrets.rotate' });
    return rotated;
  }

  async close(): Promise<void> {
    await (await this.#opened?.catch(() => undefined))?.secrets.close();
  }

  #opens(box: Secret<unknown>, dependency: string): string {
    this.#purpose = dependency;
    try {
      const value = box.reveal();
      return typeof value === 'string' ? value : JSON.stringify(value);
    } finally {
      this.#purpose = undefined;
    }
  }

  async #read<T>(name: string, dependency: string | undefined, { isForAll = false } = {}): Promise<Secret<T>> {
    const { secrets, whyRefused } = await this.#open();
    const refused = isForAll ? undefined : whyRefused(name, this.#options.runningTest() ?? {});
    try {
      if (refused !== undefined) {
        this.#audit({ action: 'refused', name, why: refused.message });
        throw refused;
      }
      const box = await secrets.get<T>(name);
      this.#tell({ ...this.#evidence(name), ...(dependency === undefined ? {} : { dependency }) });
      return box;
    } catch (error) {
      const store = this.names.includes(name) ? secrets.factsOf(name).store : undefined;
      if (refused === undefined && store !== undefined) this.#auditFailure(name, store, error);
      this.#tell({ ...failedRead(name, store, error), ...(dependency === undefined ? {} : { dependency }) });
      throw error;
    }
  }

  #open(): Promise<OpenedSecrets> {
    const { section, folder, now, env } = this.#options;
    this.#opened ??= import('@quality-hub/secrets').then(({ AuditTrail, openSection }) => {
      const { audit } = this.#options;
      if (audit !== undefined) this.#trail = new AuditTrail({ ...audit, now: () => new Date(now()) });
      this.#current = openSection(section, {
        folder,
        now,
        ...(env === undefined ? {} : { env }),
        beforeReveal: (name, texts, box) => this.#reveals(name, texts, box),
        onRead: ({ name, store, version, renewedFor }) =>
          this.#audit({
            action: 'read',
            name,
            store,
            ...(version === undefined ? {} : { version }),
            ...(renewedFor === undefined ? {} : { why: renewedFor }),
          }),
        onUnsafe: what => {
          this.#audit({ action: 'unsafe', name: 'secrets.stores', why: what });
          this.#options.observe({ kind: 'note', name: 'secrets.unsafe', data: what });
        },
        onStale: (name, reason) => this.#tell(staleEvidence(name, reason)),
      });
      return this.#current;
    });
    return this.#opened;
  }

  #reveals(name: string, texts: readonly string[], box: string): void {
    this.#options.beforeReveal(box, texts);
    const [text = ''] = texts;
    if (texts.length === 1 && !isMaskable(text) && this.#isNew(`plain ${box}`))
      this.#options.observe({ kind: 'note', name: 'secrets.too-plain-to-mask', data: box });
    const version = this.names.includes(name) ? this.#current?.secrets.factsOf(name).version : undefined;
    const why = this.#purpose === undefined ? {} : { why: `for ${this.#purpose}` };
    const part = box === name ? {} : { part: box.slice(name.length + 1) };
    const entry: AuditEntry = {
      action: 'revealed',
      name,
      ...part,
      ...(version === undefined ? {} : { version }),
      ...why,
    };
    // A client opens its secret for each of its calls: one line for each test says as much.
    if (this.#isNew(`revealed ${box} ${version} ${this.#purpose}`)) this.#audit(entry);
  }

  /**
   * A client tries again: one line for each test says as much. Our own messages hold no value; of what the store of somebody else
   * throws nobody knows that, and no mask reads the trail.
   */
  #auditFailure(name: string, store: string, reason: unknown): void {
    const why =
      typeof reason === 'string' ? reason : isQualityHubError(reason) ? errorSentence(reason) : kindOf(reason);
    if (this.#isNew(`failed ${name} ${why}`)) this.#audit({ action: 'failed', name, store, why });
  }

  /** A trail that cannot be written keeps nobody from its secret; the end of the chain tells what is missing. */
  #audit(entry: AuditEntry): void {
    const title = this.#options.runningTest()?.title;
    try {
      this.#trail?.add({ ...entry, ...(title === undefined ? {} : { by: title }) });
    } catch (error) {
      if (this.#isNew('audit trouble'))
        this.#options.observe({ kind: 'note', name: 'secrets.audit-not-written', data: String(error) });
    }
  }

  #tell(evidence: SecretEvidence): void {
    if (this.#isNew(toldAs(evidence))) this.#options.observe(evidence);
  }

  #evidence(name: string): SecretEvidence {
    const facts = (this.#current as OpenedSecrets).secrets.factsOf(name);
    return readEvidence(facts, this.#options.now());
  }

  #isNew(what: string): boolean {
    const attempt = this.#options.runningTest()?.attempt;
    if (attempt !== this.#toldFor) this.#told.clear();
    this.#toldFor = attempt;
    if (this.#told.has(what)) return false;
    this.#told.add(what);
    return true;
  }

  /** {@link text} gives a value of several parts as JSON. */
  #asKept(value: unknown, kept: unknown): unknown {
    return typeof kept === 'string' || typeof value !== 'string' ? value : JSON.parse(value);
  }
}

function kindOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return typeof thrown;
  const { code } = thrown as NodeJS.ErrnoException;
  return typeof code === 'string' ? `${thrown.name} ${code}` : thrown.name;
}

function toldAs({ name, outcome, version, dependency }: SecretEvidence): string {
  return `${name} ${outcome} ${version} ${dependency}`;
}
