/** The forms in which a value travels: what a mask has to look for besides the value itself. */

/** Shorter than this, a form would be found inside ordinary text. */
const SHORTEST_FORM = 6;

/**
 * Every form of `value`, itself among them: escaped for JSON (also twice), URLs, forms, XML and HTML, shells; base64 and
 * base64url at each of the three offsets, so that it is found inside of `user:password`; hex; each line of several; the parts of
 * a JSON Web Token. A form of fewer than 6 characters is left out, the value itself never.
 */
export function encodedForms(value: string): ReadonlySet<string> {
  const forms = new Set([value]);
  for (const whole of [value, ...linesOf(value), ...tokenParts(value)]) {
    for (const form of formsOf(whole)) if (form.length >= SHORTEST_FORM) forms.add(form);
  }
  return forms;
}

/** The same forms as they stand in bytes, a character for each byte: of text in UTF-8 and in Latin-1. */
export function* encodedBytes(value: string): Iterable<string> {
  for (const form of encodedForms(value)) {
    const bytes = Buffer.from(form).toString('latin1');
    yield bytes;
    if (bytes.length !== form.length && Buffer.from(form, 'latin1').toString('latin1') === form) yield form;
  }
}

function* formsOf(value: string): Iterable<string> {
  yield value;
  yield* jsonForms(value);
  yield* urlForms(value);
  yield* markupForms(value);
  yield* shellForms(value);
  yield* byteForms(Buffer.from(value));
}

function* jsonForms(value: string): Iterable<string> {
  const once = inJson(value);
  yield once;
  yield inJson(once);
  yield once.replaceAll('/', '\\/');
  // As Python and Java write it: everything beyond ASCII by its number, in either case.
  const ascii = once.replaceAll(/[^ -~]/g, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  yield ascii;
  yield ascii.replaceAll(/\\u[\da-f]{4}/g, number => `\\u${number.slice(2).toUpperCase()}`);
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function* urlForms(value: string): Iterable<string> {
  const component = encodeURIComponent(value.toWellFormed());
  // Beyond what `encodeURIComponent` leaves: RFC 3986, section 2.2; forms also encode the tilde, and write a blank as plus.
  const strict = component.replaceAll(/[!'()*]/g, percent);
  const form = new URLSearchParams([['', value]]).toString().slice(1);
  for (const encoded of [component, strict, strict.replaceAll('%20', '+'), form, encodeURI(value.toWellFormed())]) {
    yield encoded;
    yield encoded.replaceAll(/%[\dA-F]{2}/g, code => code.toLowerCase());
  }
}

function percent(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
}

const ENTITIES: readonly Readonly<Record<string, string>>[] = [
  { '&': '&amp;', '<': '&lt;', '>': '&gt;' },
  { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' },
  { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' },
  { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#x27;' },
  { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' },
];

function* markupForms(value: string): Iterable<string> {
  for (const entities of ENTITIES) yield value.replaceAll(/[&<>"']/g, char => entities[char] ?? char);
}

function* shellForms(value: string): Iterable<string> {
  // Inside of single quotes, of double quotes, and without any.
  yield value.replaceAll("'", `'\\''`);
  yield value.replaceAll("'", `'"'"'`);
  yield value.replaceAll(/["$`\\]/g, '\\$&');
  yield value.replaceAll(/[^\w@%+=:,./-]/g, '\\$&');
}

function* byteForms(bytes: Buffer): Iterable<string> {
  yield bytes.toString('hex');
  yield bytes.toString('hex').toUpperCase();
  for (const offset of [0, 1, 2]) {
    const shifted = Buffer.concat([Buffer.alloc(offset), bytes]);
    // The first and the last character also depend on the neighbours of the value.
    const from = Math.ceil((offset * 8) / 6);
    const to = Math.floor((shifted.length * 8) / 6);
    for (const encoding of ['base64', 'base64url'] as const) yield shifted.toString(encoding).slice(from, to);
  }
}

function linesOf(value: string): readonly string[] {
  const lines = value.split(/\r\n|\r|\n/).map(line => line.trim());
  // The frame of a key or a certificate is the same in all of them.
  return lines.length === 1 ? [] : lines.filter(line => line.length >= SHORTEST_FORM && !line.startsWith('-----'));
}

/** Payload and signature of a JSON Web Token, and what the payload says. Its header is the same in many. */
function tokenParts(value: string): readonly string[] {
  const [, payload = '', signature = ''] = /^eyJ[\w-]+\.(eyJ[\w-]+)\.([\w-]{16,})$/.exec(value) ?? [];
  if (payload === '') return [];
  return [payload, signature, Buffer.from(payload, 'base64url').toString('utf8')];
}
