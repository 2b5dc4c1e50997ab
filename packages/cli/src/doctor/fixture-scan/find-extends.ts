/** Finds the fixtures that a source file declares with `test.extend({ … })`. By its text: nothing is run or resolved. */
import { blankOut, closingBracket, splitAtCommas } from './blank-out.ts';

export interface DeclaredFixture {
  readonly name: string;
  /** From 1. */
  readonly line: number;
  /** It does something after `use()`, so it has to be given time to. */
  readonly cleansUp: boolean;
  /** It has a `timeout` of its own. */
  readonly ownTimeout: boolean;
  readonly workerScoped: boolean;
}

export interface ExtendCall {
  readonly line: number;
  /** Variable that holds the result, where it is one. */
  readonly variable?: string;
  /** Variable that is extended. */
  readonly base?: string;
  readonly fixtures: readonly DeclaredFixture[];
}

interface Part {
  readonly from: number;
  readonly to: number;
}

/** Calls of `extend` with at least one function that takes `use`: others, such as those of schemas, are left out. */
export function findExtends(source: string): readonly ExtendCall[] {
  if (!source.includes('.extend')) return [];
  const code = blankOut(source);
  const calls: ExtendCall[] = [];
  for (const match of code.matchAll(/([\w$]+)?\s*\.extend\s*(?=[<(])/g)) {
    const open = openingParenthesis(code, match.index + match[0].length);
    const brace = open < 0 ? -1 : skipBlanks(code, open + 1);
    if (brace < 0 || code[brace] !== '{') continue;
    const close = closingBracket(code, brace);
    if (close < 0) continue;
    const entries = splitAtCommas(code, brace + 1, close).map(part => readEntry(source, code, part));
    const fixtures = entries.flatMap(entry => entry ?? []);
    if (!fixtures.some(({ takesUse }) => takesUse)) continue;
    const variable = /\b(?:const|let|var)\s+([\w$]+)\s*(?::[^=]+)?=\s*$/.exec(code.slice(0, match.index))?.[1];
    calls.push({
      line: lineOf(code, match.index + match[0].indexOf('.extend')),
      ...(variable === undefined ? {} : { variable }),
      ...(match[1] === undefined ? {} : { base: match[1] }),
      fixtures: fixtures.map(({ takesUse, ...fixture }) => fixture),
    });
  }
  return calls;
}

/** Skips type arguments; an arrow in them closes nothing. */
function openingParenthesis(code: string, from: number): number {
  let depth = 0;
  for (let index = from; index < code.length; index++) {
    const char = code[index];
    if (char === '<') depth++;
    else if (char === '>' && code[index - 1] !== '=') depth--;
    else if (char === '(' && depth === 0) return index;
  }
  return -1;
}

function readEntry(source: string, code: string, part: Part): (DeclaredFixture & { takesUse: boolean }) | undefined {
  const from = skipBlanks(code, part.from);
  // A quoted key is blank in `code`, so the name is read from the source.
  const name = /^(?:async\s+(?=[\w$'"]+\s*\())?["']?([\w$-]+)["']?\s*(?=[:(])/.exec(
    source.slice(startOf(source, part), part.to),
  );
  if (!name?.[1]) return undefined;
  const afterName = startOf(source, part) + name[0].length;
  const isMethod = code[afterName] === '(';
  const valueFrom = isMethod ? afterName : skipBlanks(code, afterName + 1);
  const tuple = !isMethod && code[valueFrom] === '[';
  const close = tuple ? closingBracket(code, valueFrom) : part.to;
  const [first, second] = tuple ? splitAtCommas(code, valueFrom + 1, close) : [{ from: valueFrom, to: part.to }];
  const use = first && useParameter(code, first);
  const options = second ? source.slice(second.from, second.to) : '';
  return {
    name: name[1],
    line: lineOf(code, from),
    takesUse: use !== undefined,
    cleansUp: use !== undefined && hasCodeAfter(code, use),
    ownTimeout: /\btimeout\s*:/.test(options),
    workerScoped: /\bscope\s*:\s*['"`]worker/.test(options),
  };
}

/** The start of an entry: comments before it are blank in the code but not in the source. */
function startOf(source: string, { from, to }: Part): number {
  let at = from;
  for (;;) {
    const rest = source.slice(at, to);
    const skipped = /^(?:\s+|\/\/[^\n]*|\/\*[^]*?\*\/)/.exec(rest)?.[0].length;
    if (!skipped) return at;
    at += skipped;
  }
}

interface UseInFunction {
  readonly use: string;
  readonly bodyFrom: number;
  readonly to: number;
}

/** The second parameter of a function, by whatever name, if there is a function with two. */
function useParameter(code: string, { from, to }: Part): UseInFunction | undefined {
  const open = code.indexOf('(', from);
  if (open < 0 || open >= to || !/^(?:async)?(?:\s*function\s*[\w$]*)?\s*$/.test(code.slice(from, open).trimStart()))
    return undefined;
  const close = closingBracket(code, open);
  if (close < 0 || close > to) return undefined;
  const second = splitAtCommas(code, open + 1, close)[1];
  const use = second && /^\s*([\w$]+)/.exec(code.slice(second.from, second.to))?.[1];
  return use ? { use, bodyFrom: close + 1, to } : undefined;
}

function hasCodeAfter(code: string, { use, bodyFrom, to }: UseInFunction): boolean {
  const body = code.slice(bodyFrom, to);
  const calls = [...body.matchAll(new RegExp(`(?<![\\w$.])${use.replaceAll('$', '\\$')}\\s*\\(`, 'g'))];
  const last = calls.at(-1);
  if (!last) return false;
  const close = closingBracket(body, last.index + last[0].length - 1);
  return close >= 0 && /[^\s;)}\]]/.test(body.slice(close + 1));
}

function skipBlanks(code: string, from: number): number {
  const found = code.slice(from).search(/\S/);
  return found < 0 ? code.length : from + found;
}

function lineOf(code: string, place: number): number {
  return code.slice(0, place).split('\n').length;
}
