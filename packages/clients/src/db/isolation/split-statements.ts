/** Splits a file of SQL into its statements, for servers that take one at a time: MySQL and MariaDB. */

/** What may hold a semicolon that ends nothing: texts, quoted names, comments; a line that names another end; an end. */
const PIECE =
  /'(?:[^'\\]|''|\\[^])*'|"(?:[^"\\]|""|\\[^])*"|`[^`]*`|(?:--(?=\s|$)|#)[^\n]*|\/\*[^]*?\*\/|^[ \t]*delimiter[ \t]+(\S+)[^\n]*/gim;

/** As the `mysql` program does: `DELIMITER //` changes what ends a statement, for procedures and triggers. */
export function splitStatements(text: string): readonly string[] {
  const statements: string[] = [];
  let end = ';';
  let statement = '';
  const take = (plain: string): void => {
    const parts = plain.split(end);
    for (const part of parts.slice(0, -1)) {
      statements.push(statement + part);
      statement = '';
    }
    statement += parts.at(-1) ?? '';
  };
  let at = 0;
  for (const match of text.matchAll(PIECE)) {
    take(text.slice(at, match.index));
    at = match.index + match[0].length;
    if (match[1] !== undefined) end = match[1];
    else statement += match[0];
  }
  take(text.slice(at));
  statements.push(statement);
  return statements.map(each => each.trim()).filter(each => withoutComments(each) !== '');
}

function withoutComments(statement: string): string {
  // What begins with `/*!` is run by the server.
  return statement.replace(/(?:--(?=\s|$)|#)[^\n]*|\/\*(?!!)[^]*?\*\//g, '').trim();
}
