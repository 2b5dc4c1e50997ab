/** The error of a driver without what must not leave: its texts are masked, and the statement is left out. */

/** What tells errors apart; all other fields of a driver's error may hold values. */
const KEPT = ['code', 'errno', 'errcode', 'sqlState', 'constraint', 'table', 'column', 'schema', 'severity', 'fatal'];

export function maskedCause(error: unknown, mask: { text(text: string): string }): Error {
  if (!(error instanceof Error)) return new Error(mask.text(String(error)));
  const { detail } = error as { detail?: unknown };
  // PostgreSQL names the value of a conflict only there.
  const said = typeof detail === 'string' ? `${error.message} (${detail})` : error.message;
  const copy = new Error(mask.text(said || String((error as { code?: unknown }).code ?? error.name)));
  copy.name = error.name;
  if (error.stack !== undefined) copy.stack = mask.text(error.stack);
  const from = error as unknown as Record<string, unknown>;
  for (const name of KEPT) if (from[name] !== undefined) Object.assign(copy, { [name]: from[name] });
  return copy;
}
