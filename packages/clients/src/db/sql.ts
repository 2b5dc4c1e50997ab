/** Statements as tagged templates: values become parameters, other pieces of SQL become part of the text. */
import { OptionError, type Queryable, type QueryOptions } from '@quality-hub/protocol';
import { atCall } from './at-call.ts';

type Part =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'value'; readonly value: unknown }
  | { readonly type: 'name'; readonly names: readonly string[] };

/** A piece of SQL with its values. */
export class SqlFragment {
  readonly parts: readonly Part[];

  constructor(parts: readonly Part[]) {
    this.parts = parts;
  }
}

export interface Writer {
  placeholder(n: number): string;
  quote(identifier: string): string;
}

/** How each server writes placeholders and names. */
export function writerFor(dialect: 'postgres' | 'mysql' | 'sqlite'): Writer {
  const quote = dialect === 'mysql' ? '`' : '"';
  return {
    placeholder: n => (dialect === 'postgres' ? `$${n}` : '?'),
    quote: name => `${quote}${name.replaceAll(quote, quote + quote)}${quote}`,
  };
}

/** The text and the parameters of a fragment, in the words of one server. */
export function write(fragment: SqlFragment, writer: Writer): { sql: string; params: unknown[] } {
  const params: unknown[] = [];
  let sql = '';
  for (const part of fragment.parts) {
    if (part.type === 'text') sql += part.text;
    else if (part.type === 'name') sql += part.names.map(name => writer.quote(name)).join('.');
    else {
      params.push(part.value);
      sql += writer.placeholder(params.length);
    }
  }
  return { sql, params };
}

/** A piece of SQL to be put into another: ``fragment`where total > ${least}` ``. */
export function fragment(texts: TemplateStringsArray, ...values: readonly unknown[]): SqlFragment {
  const parts: Part[] = [];
  for (const [index, text] of texts.entries()) {
    if (text !== '') parts.push({ type: 'text', text });
    if (index >= values.length) continue;
    const value = values[index];
    if (value instanceof SqlFragment) parts.push(...value.parts);
    else parts.push({ type: 'value', value });
  }
  return new SqlFragment(parts);
}

/** The name of a table or a column, quoted: `identifier('shop', 'orders')`. Never put a value of a user here. */
export function identifier(...names: readonly string[]): SqlFragment {
  if (names.length === 0 || names.some(name => name === ''))
    throw new OptionError('identifier', ['a name is empty: expected the name of a table or a column']);
  return new SqlFragment([{ type: 'name', names }]);
}

/** Values for `in (…)`: ``where id in (${list(ids)})``. An empty list is refused: `in ()` is wrong SQL. */
export function list(values: readonly unknown[]): SqlFragment {
  if (values.length === 0)
    throw new OptionError('list', ['it is empty: "in ()" is no SQL; leave the condition out, or write "false"']);
  return new SqlFragment(
    values.flatMap((value, index): Part[] => [
      ...(index === 0 ? [] : [{ type: 'text', text: ', ' } as const]),
      ...(value instanceof SqlFragment ? value.parts : [{ type: 'value', value } as const]),
    ]),
  );
}

/** Runs a tagged statement and gives its rows. `with` sets the options of one statement. */
export interface SqlTag {
  <Row = Readonly<Record<string, unknown>>>(
    texts: TemplateStringsArray,
    ...values: readonly unknown[]
  ): Promise<readonly Row[]>;
  with(options: QueryOptions): SqlTag;
}

export function runTag(queryable: Queryable, writer: Writer, options?: QueryOptions): SqlTag {
  const tag = <Row>(texts: TemplateStringsArray, ...values: readonly unknown[]): Promise<readonly Row[]> =>
    atCall(tag, async () => {
      const { sql, params } = write(fragment(texts, ...values), writer);
      const { rows } = await queryable.query<Row>(sql, params, options);
      return rows;
    });
  return Object.assign(tag, { with: (more: QueryOptions) => runTag(queryable, writer, { ...options, ...more }) });
}
