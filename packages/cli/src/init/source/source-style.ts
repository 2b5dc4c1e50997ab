/** How a file is written: what is added to it looks like the rest. */
import type { Program } from '@babel/types';

export interface SourceStyle {
  readonly eol: '\n' | '\r\n';
  readonly quote: "'" | '"';
  /** `;` or nothing. */
  readonly semicolon: ';' | '';
  /** Modules are named by `import`; else by `require`. */
  readonly imports: boolean;
}

export function styleOf(text: string, program: Program): SourceStyle {
  const plain = program.body.filter(({ type }) => /^(Import|VariableDecl|ExpressionSt|ExportDefault)/.test(type));
  const closed = plain.filter(({ end }) => text[(end ?? 0) - 1] === ';').length;
  return {
    eol: eolOf(text),
    quote: quoteOf(text, program),
    semicolon: plain.length === 0 || closed * 2 >= plain.length ? ';' : '',
    imports: program.body.some(({ type }) => /^(Import|Export)/.test(type)),
  };
}

/** The more frequent end of a line; a file without one gets `\n`. */
export function eolOf(text: string): SourceStyle['eol'] {
  const windows = text.split('\r\n').length - 1;
  return windows * 2 > text.split('\n').length - 1 ? '\r\n' : '\n';
}

/** `text` as a literal in the quotes of the file. */
export function quoted(text: string, { quote }: Pick<SourceStyle, 'quote'>): string {
  const escaped = text.replace(/[\\'"]/g, found => (found === '\\' || found === quote ? `\\${found}` : found));
  return `${quote}${escaped}${quote}`;
}

/** By the literals in which modules are named, else by all. */
function quoteOf(text: string, { body }: Program): SourceStyle['quote'] {
  const places = body.flatMap(node => ('source' in node && node.source ? [node.source.start ?? 0] : []));
  const sample = places.length > 0 ? places.map(place => text[place]).join('') : text.replace(/[^'"]/g, '');
  const double = sample.split('"').length - 1;
  return double * 2 > sample.length ? '"' : "'";
}
