/** Signs requests with secrets that may be rotated in the middle of a run. */
import type { Auth, AuthContext, SignableRequest, SignedParts } from '@quality-hub/clients';
import type { SecretReference } from '@quality-hub/config';
import type { SecretSource } from './secret-source.ts';

export interface SecretAuthOptions {
  /** Signs in with some of the secrets. */
  readonly inner: Auth | undefined;
  /** Names of the secrets that `inner` uses. */
  readonly names: readonly string[];
  /** Headers whose values are secrets, by their names in lower case. */
  readonly headers: Readonly<Record<string, SecretReference>>;
  /** Names of the secrets in `headers`. */
  readonly headerNames: readonly string[];
  readonly source: SecretSource;
  readonly dependency: string;
}

type Used = ReadonlyMap<string, unknown>;

/** The value that was kept, a newer one, the one before it, and the word that there is no other. */
const RENEWALS = 3;

/**
 * Headers that are secret go where signatures go: to the own origin only, anew for each attempt. What is answered 401 is
 * signed once more with other values, as long as there are any.
 */
export function secretAuth(options: SecretAuthOptions): Auth {
  const { inner, headers, names, headerNames, source } = options;
  const all = [...new Set([...names, ...headerNames])];
  /** What a request was signed with: to be compared, when it was refused. */
  const usedBy = new WeakMap<SignedParts, Used>();

  const signOnce = async (request: SignableRequest, context: AuthContext): Promise<SignedParts> => {
    const own: Record<string, string> = {};
    for (const [name, reference] of Object.entries(headers)) {
      // What the call itself has brought counts.
      if (!(name in request.headers)) own[name] = await reference();
    }
    const parts = (await inner?.sign({ ...request, headers: { ...request.headers, ...own } }, context)) ?? {};
    return { ...parts, headers: { ...own, ...parts.headers } };
  };
  const sign = async (request: SignableRequest, context: AuthContext): Promise<SignedParts> => {
    for (;;) {
      const before = snapshot(all, source);
      const parts = await signOnce(request, context);
      const used = snapshot(all, source);
      // Somebody has renewed one meanwhile: which value is in these parts could not be told.
      if (before.size === all.length && [...before].some(([name, value]) => used.get(name) !== value)) continue;
      usedBy.set(parts, used);
      return parts;
    }
  };

  return {
    kind: inner?.kind ?? 'secret headers',
    renewals: RENEWALS,
    secretHeaders: [...(inner?.secretHeaders ?? []), ...Object.keys(headers)],
    sign: (request, context) => recovering(options, () => sign(request, context)),
    renew: async (rejected, context) => {
      const { refused = [] } = context;
      if (inner?.renew !== undefined) {
        if (refused.length < (inner.renewals ?? 1) && (await inner.renew(rejected, context))) return true;
      }
      // What it signs with is got by its secrets, and is none of them.
      const recoverable = inner?.renew === undefined ? all : headerNames;
      const used = [...refused, rejected].flatMap(parts => usedBy.get(parts) ?? []);
      return recoverAll(recoverable, used, 'HTTP 401', options);
    },
  };
}

/** Signing in may be refused itself: an OAuth client whose secret was rotated gets no token. */
async function recovering<T>(options: SecretAuthOptions, work: () => Promise<T>): Promise<T> {
  const refused: Used[] = [];
  for (;;) {
    const before = snapshot(options.names, options.source);
    try {
      return await work();
    } catch (error) {
      if (!isRefusedClient(error) || refused.length >= RENEWALS) throw error;
      // Without a value from before, this was the first question.
      refused.push(before.size > 0 ? before : snapshot(options.names, options.source));
      if (!(await recoverAll(options.names, refused, `the sign-in said ${error.reason}`, options))) throw error;
    }
  }
}

async function recoverAll(
  names: readonly string[],
  refused: readonly Used[],
  reason: string,
  { source, dependency }: SecretAuthOptions,
): Promise<boolean> {
  const found = await Promise.all(
    names.map(name => {
      const values = refused.flatMap(used => (used.has(name) ? [used.get(name)] : []));
      return source.recover(name, { values, reason, dependency, withOthers: names.length > 1 });
    }),
  );
  return found.includes(true);
}

function snapshot(names: readonly string[], source: SecretSource): Used {
  return new Map(
    names.flatMap(name => {
      const value = source.peek(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function isRefusedClient(error: unknown): error is { readonly reason: string } {
  const { code, reason } = error as { code?: unknown; reason?: unknown };
  return code === 'QH_AUTH' && (reason === 'invalid_client' || reason === 'unauthorized_client');
}
