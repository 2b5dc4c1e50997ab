/** The operations of the emulated Secrets Manager. @see https://docs.aws.amazon.com/secretsmanager/latest/apireference */
import { randomBytes, randomUUID } from 'node:crypto';

/** An error as the service tells it. */
export class AwsFault extends Error {
  readonly type: string;
  readonly status: number;

  constructor(type: string, message: string, status = 400) {
    super(message);
    this.name = 'AwsFault';
    this.type = type;
    this.status = status;
  }
}

interface Version {
  readonly id: string;
  readonly createdAt: number;
  readonly stages: Set<string>;
  /** Undefined while a rotation has made the version, and not yet its value. */
  value: { readonly SecretString?: string; readonly SecretBinary?: string } | undefined;
}

interface Held {
  readonly name: string;
  readonly arn: string;
  readonly versions: Map<string, Version>;
  deletedAt: number | undefined;
}

export type Input = Readonly<Record<string, unknown>>;

const CURRENT = 'AWSCURRENT';
const PREVIOUS = 'AWSPREVIOUS';
const PENDING = 'AWSPENDING';
const NAME = /^[\w/+=.@!-]{1,512}$/;
const MOST_IN_BATCH = 20;

export class AwsSecrets {
  readonly #now: () => number;
  readonly #secrets = new Map<string, Held>();

  constructor(now: () => number) {
    this.#now = now;
  }

  get names(): readonly string[] {
    return [...this.#secrets.keys()];
  }

  create({ Name: name, ClientRequestToken: token = randomUUID(), ...value }: Input): Input {
    if (typeof name !== 'string' || !NAME.test(name)) throw invalidName();
    if (this.#secrets.has(name))
      throw new AwsFault('ResourceExistsException', `The operation failed because the secret ${name} already exists.`);
    const arn = `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${name}-${randomBytes(3).toString('hex')}`;
    const held: Held = { name, arn, versions: new Map(), deletedAt: undefined };
    this.#secrets.set(name, held);
    return this.#add(held, String(token), givenValue(value), [CURRENT]);
  }

  put({ SecretId, ClientRequestToken: token = randomUUID(), VersionStages: stages, ...value }: Input): Input {
    const held = this.#alive(SecretId);
    const given = givenValue(value);
    const id = String(token);
    const there = held.versions.get(id);
    if (there?.value !== undefined) {
      if (JSON.stringify(there.value) === JSON.stringify(given)) return this.#named(held, there);
      throw new AwsFault(
        'ResourceExistsException',
        `You can't use ClientRequestToken ${id} because that value is already in use for a version of secret ${held.arn}.`,
      );
    }
    return this.#add(held, id, given, (stages as readonly string[] | undefined) ?? [CURRENT]);
  }

  get({ SecretId, VersionId: id, VersionStage: stage }: Input): Input {
    const held = this.#alive(SecretId);
    const version = id === undefined ? this.#staged(held, String(stage ?? CURRENT)) : held.versions.get(String(id));
    if (version === undefined || version.value === undefined) {
      const which = id === undefined ? `staging label: ${stage ?? CURRENT}` : `VersionId: ${id}`;
      throw new AwsFault(
        'ResourceNotFoundException',
        `Secrets Manager can't find the specified secret value for ${which}`,
      );
    }
    if (id !== undefined && stage !== undefined && !version.stages.has(String(stage)))
      throw new AwsFault(
        'InvalidRequestException',
        `You provided a VersionStage that is not associated to the provided VersionId.`,
      );
    return { ...this.#named(held, version), ...version.value, CreatedDate: version.createdAt / 1_000 };
  }

  /** @param may Whether the caller may read one: a batch needs the right for each. */
  batch({ SecretIdList: ids }: Input, may: (name: string) => AwsFault | undefined): Input {
    const list = ids as readonly string[] | undefined;
    if (list === undefined || list.length === 0 || list.length > MOST_IN_BATCH)
      throw new AwsFault('InvalidParameterException', `SecretIdList must have 1 to ${MOST_IN_BATCH} entries.`);
    const SecretValues: Input[] = [];
    const Errors: Input[] = [];
    for (const SecretId of list) {
      try {
        const denied = may(SecretId);
        if (denied !== undefined) throw denied;
        SecretValues.push(this.get({ SecretId }));
      } catch (error) {
        const { type, message } = error as AwsFault;
        Errors.push({ SecretId, ErrorCode: type, Message: message });
      }
    }
    return { SecretValues, Errors };
  }

  describe({ SecretId }: Input): Input {
    const held = this.#find(SecretId);
    const stages = [...held.versions.values()].filter(version => version.stages.size > 0);
    return {
      ARN: held.arn,
      Name: held.name,
      VersionIdsToStages: Object.fromEntries(stages.map(version => [version.id, [...version.stages]])),
      ...(held.deletedAt === undefined ? {} : { DeletedDate: held.deletedAt / 1_000 }),
    };
  }

  listVersions({
    SecretId,
    IncludeDeprecated: all = false,
    MaxResults: most = 100,
    NextToken: from = '0',
  }: Input): Input {
    const held = this.#find(SecretId);
    const versions = [...held.versions.values()].filter(version => all === true || version.stages.size > 0);
    const start = Number(from);
    const page = versions.slice(start, start + Number(most));
    const next = start + Number(most);
    return {
      ARN: held.arn,
      Name: held.name,
      Versions: page.map(version => ({
        VersionId: version.id,
        VersionStages: [...version.stages],
        CreatedDate: version.createdAt / 1_000,
      })),
      ...(next < versions.length ? { NextToken: String(next) } : {}),
    };
  }

  list(): Input {
    return { SecretList: [...this.#secrets.values()].map(({ arn, name }) => ({ ARN: arn, Name: name })) };
  }

  moveStage({ SecretId, VersionStage: stage, MoveToVersionId: to, RemoveFromVersionId: from }: Input): Input {
    const held = this.#alive(SecretId);
    const label = String(stage);
    const owner = this.#staged(held, label);
    if (owner !== undefined && owner.id !== from)
      throw new AwsFault(
        'InvalidParameterException',
        `The parameter RemoveFromVersionId can't be empty. Staging label ${label} is currently attached to version ${owner.id}, so you must explicitly reference that version in RemoveFromVersionId.`,
      );
    const target = to === undefined ? undefined : held.versions.get(String(to));
    if (to !== undefined && target === undefined)
      throw new AwsFault(
        'ResourceNotFoundException',
        `Secrets Manager can't find the specified secret value for VersionId: ${to}`,
      );
    if (target !== undefined && label === CURRENT) this.#makeCurrent(held, target);
    else {
      owner?.stages.delete(label);
      target?.stages.add(label);
    }
    return { ARN: held.arn, Name: held.name };
  }

  /** The first step of a rotation: a version that has a label, and no value yet. */
  rotate({ SecretId, ClientRequestToken: token = randomUUID() }: Input): Input {
    const held = this.#alive(SecretId);
    const pending = this.#staged(held, PENDING);
    if (pending !== undefined && !pending.stages.has(CURRENT))
      throw new AwsFault('InvalidRequestException', 'A previous rotation request is still in progress.');
    const version = { id: String(token), createdAt: this.#now(), stages: new Set([PENDING]), value: undefined };
    held.versions.set(version.id, version);
    return this.#named(held, version);
  }

  delete({ SecretId, ForceDeleteWithoutRecovery: force = false }: Input): Input {
    const held = this.#find(SecretId);
    if (force === true) this.#secrets.delete(held.name);
    else held.deletedAt = this.#now() + 30 * 86_400_000;
    return { ARN: held.arn, Name: held.name, DeletionDate: (held.deletedAt ?? this.#now()) / 1_000 };
  }

  restore({ SecretId }: Input): Input {
    const held = this.#find(SecretId);
    held.deletedAt = undefined;
    return { ARN: held.arn, Name: held.name };
  }

  #add(held: Held, id: string, value: Version['value'], stages: readonly string[]): Input {
    const known = held.versions.get(id);
    const version: Version = known ?? { id, createdAt: this.#now(), stages: new Set(), value };
    version.value = value;
    held.versions.set(id, version);
    for (const stage of stages) {
      if (stage === CURRENT) this.#makeCurrent(held, version);
      else {
        this.#staged(held, stage)?.stages.delete(stage);
        version.stages.add(stage);
      }
    }
    return this.#named(held, version);
  }

  #makeCurrent(held: Held, version: Version): void {
    const before = this.#staged(held, CURRENT);
    if (before === version) return;
    if (before !== undefined) {
      this.#staged(held, PREVIOUS)?.stages.delete(PREVIOUS);
      before.stages.delete(CURRENT);
      before.stages.add(PREVIOUS);
    }
    version.stages.delete(PREVIOUS);
    version.stages.add(CURRENT);
  }

  #staged({ versions }: Held, stage: string): Version | undefined {
    return [...versions.values()].find(({ stages }) => stages.has(stage));
  }

  #named({ arn, name }: Held, { id, stages }: Version): Input {
    return { ARN: arn, Name: name, VersionId: id, VersionStages: [...stages] };
  }

  #alive(id: unknown): Held {
    const held = this.#find(id);
    if (held.deletedAt === undefined) return held;
    throw new AwsFault(
      'InvalidRequestException',
      "You can't perform this operation on the secret because it was marked for deletion.",
    );
  }

  /** By name, by ARN, or by an ARN without its six last characters. */
  #find(id: unknown): Held {
    if (typeof id !== 'string' || !/^[\w/+=.@!:-]{1,2048}$/.test(id)) throw invalidName();
    const held = [...this.#secrets.values()].find(
      ({ name, arn }) => id === name || id === arn || id === arn.slice(0, -7),
    );
    if (held !== undefined) return held;
    throw new AwsFault('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  }
}

function givenValue({ SecretString, SecretBinary }: Input): Version['value'] {
  if (typeof SecretString === 'string') return { SecretString };
  if (typeof SecretBinary === 'string') return { SecretBinary };
  throw new AwsFault('InvalidParameterException', 'You must provide either SecretString or SecretBinary.');
}

function invalidName(): AwsFault {
  return new AwsFault(
    'ValidationException',
    'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
  );
}
