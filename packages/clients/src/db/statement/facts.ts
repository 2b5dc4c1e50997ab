/** What the text of a statement tells: whether it only reads, and what to call it. */

const READS = /^(select|values|table|show|explain|describe|desc|with)\b/i;
/** Words that make a statement more than a read, also inside of `with` and of `explain analyze`. */
const WRITES =
  /\b(insert|update|delete|merge|replace|truncate|into|create|drop|alter|call|exec|execute|do|grant|revoke|copy|lock)\b/i;
/** Functions that leave something behind. Functions of your own cannot be known: say `idempotent: false` there. */
const SIDE_EFFECTS =
  /\b(nextval|setval|pg_(?:try_)?advisory\w*|pg_notify|pg_terminate_backend|pg_cancel_backend|set_config|lo_\w+|dblink\w*|get_lock|release_lock|last_insert_id|load_extension)\s*\(/i;
/** Statements that have a plan. */
const PLANNED = /^(select|with|insert|update|delete|replace|merge|values|table)\b/i;
const LONGEST = 300;

/** True where doing it twice is the same as doing it once. When in doubt, false. */
export function isRead(sql: string): boolean {
  const bare = withoutLiterals(sql).trim();
  return isSingle(bare) && READS.test(bare) && !WRITES.test(bare) && !SIDE_EFFECTS.test(bare);
}

/** Whether the server can say how it would run it. `EXPLAIN` in front of several statements would run all but the first. */
export function hasPlan(sql: string): boolean {
  const bare = withoutLiterals(sql).trim();
  return isSingle(bare) && PLANNED.test(bare);
}

function isSingle(bare: string): boolean {
  return !/;\s*\S/.test(bare);
}

/** `select orders`, `insert order_items`, `begin`: the verb and the first table. */
export function operationOf(sql: string): string {
  const bare = withoutLiterals(sql).trim();
  const verb = /^[a-z]+/i.exec(bare)?.[0].toLowerCase() ?? 'statement';
  const name = /\b(?:from|into|update|table|join)\s+(?:only\s+|if\s+(?:not\s+)?exists\s+)*([\w."`$]+)/i.exec(bare)?.[1];
  return name === undefined ? verb : `${verb} ${name.replace(/["`]/g, '')}`;
}

/** For records and errors: no values that were pasted in, one line, not too long. */
export function shownStatement(sql: string): string {
  const line = withoutLiterals(sql, "'?'").replace(/\s+/g, ' ').trim();
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST - 1)}…`;
}

/** Comments go, texts become `instead`; quoted names stay. */
function withoutLiterals(sql: string, instead = "''"): string {
  return sql.replace(/'(?:[^'\\]|''|\\.)*'|\$(\w*)\$[\s\S]*?\$\1\$|--[^\n]*|\/\*[\s\S]*?\*\//g, found =>
    found.startsWith('--') || found.startsWith('/*') ? ' ' : instead,
  );
}
