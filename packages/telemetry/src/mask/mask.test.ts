import { expect, test } from 'vitest';
import { createMask, MASKED } from './mask.ts';

const SECRET = 'hunter2-Zk9+/Q==$';

test('a value is replaced wherever it stands in a text', () => {
  const mask = createMask({ values: [SECRET] });
  expect(mask.text(`before ${SECRET}, after ${SECRET}`)).toBe(`before ${MASKED}, after ${MASKED}`);
  expect(mask.text('nothing here')).toBe('nothing here');
});

test.each([
  ['JSON', JSON.stringify({ note: `a"b\n${SECRET}` }).slice(1)],
  ['a URL', `https://x.test/?q=${encodeURIComponent(SECRET)}`],
  ['base64', Buffer.from(SECRET).toString('base64')],
  ['base64url', Buffer.from(SECRET).toString('base64url')],
])('a value is found in its form for %s', (_, text) => {
  const masked = createMask({ values: [SECRET] }).text(text);
  expect(masked).toContain(MASKED);
  expect(masked).not.toContain('hunter2');
  expect(masked).not.toContain(Buffer.from(SECRET).toString('base64').slice(0, 12));
});

test('a value with a quote and a line end is found in its JSON form', () => {
  const awkward = 'one"two\nthree';
  expect(createMask({ values: [awkward] }).text(JSON.stringify({ awkward }))).toBe(`{"awkward":"${MASKED}"}`);
});

test('the values alone can be replaced, where a text must mean the same afterwards', () => {
  const mask = createMask({ values: [SECRET] });
  const code = `const password = 'by shape'; use('${SECRET}');`;
  expect(mask.values(code)).toBe(`const password = 'by shape'; use('${MASKED}');`);
  const stream = mask.stream({ shapes: false });
  expect(stream.push(code) + stream.end()).toBe(mask.values(code));
  expect(mask.values('nothing')).toBe('nothing');
});

test('the longer of two values that share a beginning wins', () => {
  expect(createMask({ values: ['abcdefgh', 'abcdefgh-and-more'] }).text('x abcdefgh-and-more y')).toBe(`x ${MASKED} y`);
});

test.each([
  ['Authorization: Bearer eyJhbGciOi.J9.abc-_', `Authorization: Bearer ${MASKED}`],
  ['authorization: Basic dXNlcjpwdw==', `authorization: Basic ${MASKED}`],
  ['cookie: sid=123; theme=dark', `cookie: ${MASKED}`],
  ['GET https://x.test/a?access_token=abc123&page=2', `GET https://x.test/a?access_token=${MASKED}&page=2`],
  ['{"password":"p","user":"ann"}', `{"password":"${MASKED}","user":"ann"}`],
  ['{"clientSecret": "p\'q"}', `{"clientSecret": "${MASKED}"}`],
  ['{\\"token\\":\\"abc\\"}', `{\\"token\\":\\"${MASKED}\\"}`],
  ["api.get('/orders', { query: { token: 'abc-1' } });", `api.get('/orders', { query: { token: '${MASKED}' } });`],
  ['one\n{"password":\n\n  "abc"}\ntwo', `one\n{"password":\n\n  "${MASKED}"}\ntwo`],
  ['{"password"\n  : "abc"}', `{"password"\n  : "${MASKED}"}`],
  ['Bearer\n  abcdefgh12', `Bearer ${MASKED}`],
  ['const apiKey = "abc";', `const apiKey = "${MASKED}";`],
  ['postgres://shop:s3cr3t@db:5432/shop', `postgres://shop:${MASKED}@db:5432/shop`],
])('%s is told by its surroundings', (text, masked) => {
  const mask = createMask();
  expect(mask.text(text)).toBe(masked);
  expect(mask.text(masked)).toBe(masked);
});

test.each([
  'const token = await login(page);',
  "const keyboard = 'qwerty';",
  'the password field is visible',
  '{"keyboard":"qwerty","monkey":"x"}',
  'https://x.test/tokens?page=2',
  'expect(locator).toBeVisible() failed',
])('%s is left alone', text => {
  expect(createMask().text(text)).toBe(text);
});

test('keys decide in plain data, and what holds no secret is the same object', () => {
  const mask = createMask({ values: [SECRET] });
  const clean = { a: [1, { b: 'two' }], when: new Date(0) };
  expect(mask.deep(clean)).toBe(clean);
  expect(mask.deep({ headers: { Authorization: 'x', accept: '*/*' }, list: [SECRET, 3] })).toEqual({
    headers: { Authorization: MASKED, accept: '*/*' },
    list: [MASKED, 3],
  });
});

test('what is typed into a password field is masked, what is typed elsewhere is not', () => {
  const mask = createMask();
  expect(mask.deep({ value: 'swordfish', locator: "getByLabel('Password')" }).value).toBe(MASKED);
  expect(mask.deep({ value: 'Ann', locator: "getByLabel('Name')" }).value).toBe('Ann');
});

test('cyclic and very deep data ends', () => {
  const cyclic: { self?: unknown } = {};
  cyclic.self = cyclic;
  expect(createMask().deep(cyclic)).toBe(cyclic);
});

test('values can be added later, and very short ones are refused', () => {
  const mask = createMask();
  mask.add(['abc', 'late-value']);
  expect(mask.size).toBe(1);
  expect(mask.text('abc late-value')).toBe(`abc ${MASKED}`);
});

test('a broken surrogate in a value does not throw', () => {
  expect(createMask({ values: ['bad\ud800value'] }).text('x bad\ud800value')).toBe(`x ${MASKED}`);
});

test('in bytes a value is found as UTF-8 and as Latin-1, and whatever stands around it', () => {
  const mask = createMask({ values: ['pässword-9', 'Zx9-kQ2_pL7vTt'] });
  for (const bytes of [
    Buffer.from('\u00ffa pässword-9 b'),
    Buffer.from('\u00ffa pässword-9 b', 'latin1'),
    Buffer.concat([Buffer.from([0xff, 0]), Buffer.from(encodeURIComponent('pässword-9')), Buffer.from([0xfe])]),
    Buffer.from('x'.repeat(70) + Buffer.from('Zx9-kQ2_pL7vTt').toString('base64')),
  ]) {
    const view = bytes.toString('latin1');
    const [span, ...more] = mask.find(view);
    expect(more).toEqual([]);
    expect(mask.find(view.slice(0, span?.start) + view.slice(span?.end))).toEqual([]);
    const stream = mask.stream({ bytes: true });
    const streamed = [...view].map(each => stream.push(each)).join('') + stream.end();
    expect(streamed).toBe(`${view.slice(0, span?.start)}[masked]${view.slice(span?.end)}`);
  }
  expect(createMask().find('nothing')).toEqual([]);
});
