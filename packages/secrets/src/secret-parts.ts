/** What of a secret may be seen by itself, though it was kept as one text: the password of an address, the values of JSON. */

/** The texts, and the parts of each. */
export function withParts(texts: readonly string[]): readonly string[] {
  return [...new Set(texts.flatMap(text => [text, ...passwordIn(text), ...valuesIn(text)]))];
}

/** As it stands in the address, and as the server is told it. */
function passwordIn(text: string): readonly string[] {
  if (!/^[a-z][\w+.-]*:\/\/[^/]*@/i.test(text) || !URL.canParse(text)) return [];
  const { password } = new URL(text);
  if (password === '') return [];
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    // A percent sign that is meant as such.
    return [password];
  }
}

function valuesIn(text: string): readonly string[] {
  if (!/^\s*[[{]/.test(text)) return [];
  try {
    return textsIn(JSON.parse(text));
  } catch {
    return [];
  }
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number') return [String(value)];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
