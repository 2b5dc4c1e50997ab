/** Source text with everything but code blanked out, in the same length: brackets that remain are real ones. */

/** A slash behind one of these begins a regular expression; behind a value it divides. */
const BEFORE_PATTERN =
  /(?:^|[([{,;:=!&|?+\-*%^~<>]|\b(?:return|typeof|case|in|of|do|else|void|delete|throw|await|yield))$/;

/** Comments, strings, regular expressions and the text of templates become blanks; line breaks stay. */
export function blankOut(source: string): string {
  const out = source.split('');
  // Depth of braces at which a template's `${` was opened, innermost last.
  const templates: number[] = [];
  let depth = 0;
  let at = 0;
  const blank = (from: number, to: number): void => {
    for (let index = from; index < to; index++) if (out[index] !== '\n') out[index] = ' ';
  };
  const readTemplate = (from: number): number => {
    for (let index = from; index < source.length; index++) {
      if (source[index] === '\\') index++;
      else if (source[index] === '`') return blankTo(from, index + 1);
      else if (source.startsWith('${', index)) {
        templates.push(depth++);
        return blankTo(from, index + 2);
      }
    }
    return blankTo(from, source.length);
  };
  const blankTo = (from: number, to: number): number => {
    blank(from, to);
    return to;
  };

  while (at < source.length) {
    const two = source.slice(at, at + 2);
    const one = source[at];
    if (two === '//') at = blankTo(at, endOf(source, '\n', at));
    else if (two === '/*') at = blankTo(at, endOf(source, '*/', at + 2) + 2);
    else if (one === '"' || one === "'") at = blankTo(at, endOfQuoted(source, one, at + 1));
    else if (one === '`') {
      blank(at, at + 1);
      at = readTemplate(at + 1);
    } else if (
      one === '/' &&
      BEFORE_PATTERN.test(
        out
          .slice(Math.max(0, at - 40), at)
          .join('')
          .trimEnd(),
      )
    ) {
      at = blankTo(at, endOfPattern(source, at + 1));
    } else if (one === '{') {
      depth++;
      at++;
    } else if (one === '}') {
      depth--;
      at++;
      if (templates.at(-1) === depth) {
        templates.pop();
        blank(at - 1, at);
        at = readTemplate(at);
      }
    } else at++;
  }
  return out.join('');
}

/** Place of the bracket that closes the one at `open`, or -1. `code` is blanked out. */
export function closingBracket(code: string, open: number): number {
  let depth = 0;
  for (let index = open; index < code.length; index++) {
    if ('([{'.includes(code[index] as string)) depth++;
    else if (')]}'.includes(code[index] as string) && --depth === 0) return index;
  }
  return -1;
}

/** Parts of `code` between commas that stand in no bracket, with their places. */
export function splitAtCommas(code: string, from: number, to: number): { from: number; to: number }[] {
  const parts: { from: number; to: number }[] = [];
  let start = from;
  for (let index = from; index < to; index++) {
    if ('([{'.includes(code[index] as string)) {
      const close = closingBracket(code, index);
      if (close < 0) break;
      index = close;
    } else if (code[index] === ',') {
      parts.push({ from: start, to: index });
      start = index + 1;
    }
  }
  if (code.slice(start, to).trim() !== '') parts.push({ from: start, to });
  return parts;
}

function endOf(source: string, mark: string, from: number): number {
  const found = source.indexOf(mark, from);
  return found < 0 ? source.length : found;
}

function endOfQuoted(source: string, quote: string, from: number): number {
  for (let index = from; index < source.length; index++) {
    if (source[index] === '\\') index++;
    else if (source[index] === quote || source[index] === '\n') return index + 1;
  }
  return source.length;
}

function endOfPattern(source: string, from: number): number {
  let inClass = false;
  for (let index = from; index < source.length; index++) {
    const char = source[index];
    if (char === '\\') index++;
    else if (char === '\n') return index;
    else if (char === '[') inClass = true;
    else if (char === ']') inClass = false;
    else if (char === '/' && !inClass) return index + 1;
  }
  return source.length;
}
