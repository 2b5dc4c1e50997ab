/** HTML text that cannot be broken by what is put into it. */

export interface Html {
  readonly html: string;
}

type Part = Html | string | number | undefined | readonly Html[];

/** Escapes every value that is not `Html` itself. */
export function html(text: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { html: text.reduce((all, piece, index) => all + textOf(parts[index - 1]) + piece) };
}

function textOf(part: Part): string {
  if (part === undefined) return '';
  if (typeof part === 'string' || typeof part === 'number') return escapeHtml(String(part));
  return 'html' in part ? part.html : part.map(one => one.html).join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, character => entities[character] ?? character);
}
