/** Reads the imports of one source file. TypeScript 7 has no API to ask, so a small scanner does it. */

export interface Import {
  readonly specifier: string;
  readonly line: number;
  /** `import()`: runs only when reached. */
  readonly lazy: boolean;
  /** `import type` and `export type … from`: gone at run time. */
  readonly typeOnly: boolean;
  /** `export * from`. */
  readonly everything: boolean;
}

const STATIC = /(?:^|[;}\n])[ \t]*(import|export)\s+(type\s+(?![,=]|from\b))?([^'";()=]*?)\bfrom\s*(['"])([^'"\n]+)\4/g;
const BARE = /(?:^|[;}\n])[ \t]*import\s*(['"])([^'"\n]+)\1/g;
const LAZY = /\bimport\s*\(\s*(['"])([^'"\n]+)\1/g;
const INLINE_TYPE = /^\s*\{[^}]*\}\s*$/;

export function readImports(source: string): Import[] {
  const code = withoutCommentsAndTemplates(source);
  const lineOf = (index: number) => code.slice(0, index).split('\n').length;
  const found: Import[] = [];
  for (const match of code.matchAll(STATIC)) {
    const [text, , typeWord, names = '', , specifier = ''] = match;
    found.push({
      specifier,
      line: lineOf(match.index + text.length),
      lazy: false,
      typeOnly: typeWord !== undefined || onlyInlineTypes(names),
      everything: /^\s*\*/.test(names) && /^\W*export/.test(text),
    });
  }
  for (const match of code.matchAll(BARE)) {
    found.push({
      specifier: match[2] ?? '',
      line: lineOf(match.index + match[0].length),
      lazy: false,
      typeOnly: false,
      everything: false,
    });
  }
  for (const match of code.matchAll(LAZY)) {
    found.push({
      specifier: match[2] ?? '',
      line: lineOf(match.index),
      lazy: !isTypeQuery(code, match.index),
      typeOnly: isTypeQuery(code, match.index),
      everything: false,
    });
  }
  return found;
}

/** `{ type A, type B }` imports nothing at run time. */
function onlyInlineTypes(names: string): boolean {
  if (!INLINE_TYPE.test(names)) return false;
  const each = names
    .replace(/[{}]/g, '')
    .split(',')
    .map(name => name.trim())
    .filter(Boolean);
  return each.length > 0 && each.every(name => name.startsWith('type '));
}

/** `typeof import('x')` and `import('x').Type` in a type position name a type; `await import('x')` runs. */
function isTypeQuery(code: string, index: number): boolean {
  return /(?:typeof|[:|&<,])\s*$/.test(code.slice(Math.max(0, index - 20), index));
}

/** Keeps every line break, so that line numbers stay true. Templates hold the sources of child projects, not ours. */
function withoutCommentsAndTemplates(source: string): string {
  const pattern = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|`(?:\\[\s\S]|[^`\\])*`|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g;
  return source.replace(pattern, token =>
    token[0] === "'" || token[0] === '"' ? token : token.replace(/[^\n]/g, ' '),
  );
}
