import { expect, test } from 'vitest';
import { createMask, MASKED } from './mask.ts';

const SECRET = `p@ss"w'rd/<&> $é\`\\x`;
const hex = Buffer.from(SECRET).toString('hex');

test.each<[string, string]>([
  ['JSON', JSON.stringify(SECRET).slice(1, -1)],
  ['JSON in JSON', JSON.stringify(JSON.stringify(SECRET)).slice(3, -3)],
  ['JSON with escaped slashes', JSON.stringify(SECRET).slice(1, -1).replaceAll('/', '\\/')],
  ['JSON in ASCII', JSON.stringify(SECRET).slice(1, -1).replace('é', '\\u00e9')],
  ['JSON in ASCII, upper case', JSON.stringify(SECRET).slice(1, -1).replace('é', '\\u00E9')],
  ['a URL', encodeURIComponent(SECRET)],
  ['a URL in lower case', encodeURIComponent(SECRET).replaceAll(/%../g, code => code.toLowerCase())],
  ['a URL, as RFC 3986 has it', encodeURIComponent(SECRET).replaceAll("'", '%27')],
  ['a form', new URLSearchParams({ q: SECRET }).toString().slice(2)],
  [
    'XML',
    SECRET.replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&apos;'),
  ],
  [
    'HTML',
    SECRET.replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;'),
  ],
  ['a page', SECRET.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')],
  ['single quotes of a shell', SECRET.replaceAll("'", `'\\''`)],
  ['double quotes of a shell', SECRET.replaceAll(/["$`\\]/g, '\\$&')],
  ['hex', hex],
  ['hex in upper case', hex.toUpperCase()],
])('a value is hidden in %s', (_, form) => {
  expect(createMask({ values: [SECRET] }).text(`before ${form} after`)).toBe(`before ${MASKED} after`);
});

test.each(['', 'u', 'us', 'user:', 'ann:x:'])('a value is hidden in base64 behind %j', before => {
  const mask = createMask({ values: ['correct-h0rse+battery?'] });
  for (const encoding of ['base64', 'base64url'] as const) {
    const text = Buffer.from(`${before}correct-h0rse+battery?:after`).toString(encoding);
    const masked = mask.text(`<${text}>`);
    expect(masked).toContain(MASKED);
    expect(Buffer.from(masked.replace(MASKED, '').slice(1, -1), encoding).toString('latin1')).not.toContain('h0rse');
  }
});

test('each line of a value of several lines is hidden by itself, but for what all keys begin with', () => {
  const key =
    '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0\r\n  aGVsbG8gd29ybGQhIQ==\n-----END PRIVATE KEY-----';
  const mask = createMask({ values: [key] });
  expect(mask.text('got aGVsbG8gd29ybGQhIQ== there')).toBe(`got ${MASKED} there`);
  expect(mask.text(key)).toBe(MASKED);
  expect(mask.text('-----BEGIN PRIVATE KEY-----')).toBe('-----BEGIN PRIVATE KEY-----');
});

test('what a JSON Web Token says is hidden, and its signature', () => {
  const claims = '{"sub":"ann","account":4711}';
  const token = `eyJhbGciOiJIUzI1NiJ9.${Buffer.from(claims).toString('base64url')}.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV`;
  const mask = createMask({ values: [token] });
  expect(mask.text(`claims: ${claims}`)).toBe(`claims: ${MASKED}`);
  expect(mask.text('signed SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV')).toBe(`signed ${MASKED}`);
  expect(mask.text('eyJhbGciOiJIUzI1NiJ9')).toBe('eyJhbGciOiJIUzI1NiJ9');
});
