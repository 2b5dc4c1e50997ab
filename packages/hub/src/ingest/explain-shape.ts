/** Asks the schema what is wrong with an event. Loads it on first use: a healthy run never pays for it. */

interface SchemaDoor {
  readonly runEventSchema?: {
    safeParse(value: unknown): {
      readonly success: boolean;
      readonly error?: {
        readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
      };
    };
  };
}

/** `test.ended: durationMs: expected number` or undefined when the schema finds nothing or cannot be loaded. */
export async function explainShape(value: unknown): Promise<string | undefined> {
  try {
    const { runEventSchema } = (await import('@quality-hub/protocol/schema')) as SchemaDoor;
    const issue = runEventSchema?.safeParse(value).error?.issues[0];
    if (!issue) return undefined;
    const kind = (value as { kind?: unknown }).kind;
    const where = issue.path.map(part => (typeof part === 'number' ? '[]' : String(part))).join('.');
    return `${typeof kind === 'string' ? kind : 'event'}: ${where === '' ? '' : `${where}: `}${issue.message}`.slice(
      0,
      200,
    );
  } catch {
    return undefined;
  }
}
