import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { createMask } from '@quality-hub/telemetry';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readZip, temporaryFolder, writeZip } from '../testing/zips.ts';
import { maskArchiveAtOnce } from './mask-archive.ts';
import { maskArtifacts } from './mask-artifacts.ts';
import { maskFile } from './mask-file.ts';

const SECRET = 'swordfish-4711';
const PIN = '48151623';
const mask = createMask({ values: [SECRET, PIN, 'pässword-ß9'] });
const sha1 = (text: string | Buffer): string => createHash('sha1').update(text).digest('hex');

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

function put(path: string, content: string | Buffer): string {
  const file = folder.at(path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}
const text = (path: string): string => readFileSync(folder.at(path), 'utf8');

test('texts are masked, whatever they are called, and keep mode and broken characters', async () => {
  put('a/error-context.md', `# Page\n- textbox: ${SECRET} ä pässword-ß9\n`);
  chmodSync(put('a/x.log', `v ${SECRET}\npassword: "told by its key"`), 0o640);
  put('latin1.log', Buffer.from(`caf\xe9 ${SECRET} p\xe4ssword-\xdf9`, 'latin1'));
  put('clean.txt', 'nothing here');
  put('empty', '');
  expect(await maskArtifacts(folder.path, mask)).toEqual({
    changed: [join('a', 'error-context.md'), join('a', 'x.log'), 'latin1.log'],
    unread: [],
    aside: [],
    failed: [],
  });
  expect(text('a/error-context.md')).toBe('# Page\n- textbox: [masked] ä [masked]\n');
  expect(text('a/x.log')).toBe('v [masked]\npassword: "[masked]"');
  expect(statSync(folder.at('a/x.log')).mode & 0o777).toBe(0o640);
  expect(readFileSync(folder.at('latin1.log'), 'latin1')).toBe('caf\xe9 [masked] [masked]');
  expect((await maskArtifacts(folder.path, mask)).changed).toEqual([]);
  expect(readdirSync(folder.path).toSorted()).toEqual(['a', 'clean.txt', 'empty', 'latin1.log']);
});

test('in bytes that are no text nothing moves', async () => {
  const picture = Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0]), Buffer.from(SECRET), Buffer.from([0xff])]);
  put('shot.png', picture);
  const large = Buffer.alloc(9 * 1024 * 1024, 0);
  const at = 1024 * 1024 - 5;
  large.write(SECRET, at);
  put('video.webm', large);
  expect((await maskArtifacts(folder.path, mask)).changed).toEqual(['shot.png', 'video.webm']);
  expect(readFileSync(folder.at('shot.png')).toString('latin1')).toBe(
    picture.toString('latin1').replace(SECRET, '*'.repeat(SECRET.length)),
  );
  large.fill('*', at, at + SECRET.length);
  expect(readFileSync(folder.at('video.webm')).equals(large)).toBe(true);
});

test('JSON stays JSON: numbers, escapes, long numbers, keys, base64 bodies', async () => {
  const body = Buffer.from(`odd bytes \xff and ${SECRET}!`, 'latin1');
  const before = `{
  "pin": ${PIN},
  "list": [
    ${PIN},
    12345678901234567890
  ],
  "id": 98765432109876543210, "pinToo": ${PIN}, "escaped": "a\\${'n'}x",
  "body": "${body.toString('base64')}",
  "${SECRET}": "${SECRET} and é"
}`;
  put('report.json', before);
  put('lines.jsonl', `{"pin":${PIN},"big":12345678901234567890}\n{"a":1.0}\n`);
  await maskArtifacts(folder.path, mask);
  const after = JSON.parse(text('report.json')) as Record<string, unknown>;
  expect(after).toMatchObject({ pin: '[masked]', pinToo: '[masked]', '[masked]': '[masked] and é' });
  expect(Buffer.from(String(after.body), 'base64').toString('latin1')).toBe('odd bytes \xff and [masked]!');
  expect(text('report.json')).toContain('98765432109876543210');
  expect(text('report.json').split('\n')).toHaveLength(before.split('\n').length);
  expect(text('lines.jsonl')).toBe('{"pin":"[masked]","big":12345678901234567890}\n{"a":1.0}\n');
});

test('a body of some megabytes in base64 is masked in what it decodes to', async () => {
  const body = Buffer.concat([Buffer.alloc(5_000_000, 'abcdefgh'), Buffer.from(` ${SECRET} `), Buffer.alloc(29, 'z')]);
  put('report.jsonl', `{"data":"${body.toString('base64')}","isBase64":true}\n`);
  await maskArtifacts(folder.path, mask);
  const { data } = JSON.parse(text('report.jsonl')) as { data: string };
  const expected = body.toString('latin1').replace(SECRET, '[masked]');
  expect(Buffer.from(data, 'base64').toString('latin1') === expected).toBe(true);
});

test('a value that begins inside of an escape does not break JSON', async () => {
  const tricky = createMask({ values: ['nabcde9f'] });
  put('a.json', '{"text":"line\\nabcde9f"}');
  put('b.json', '{"text":"line\\nabcde9f nabcde9f"}');
  await maskArtifacts(folder.path, tricky);
  expect(JSON.parse(text('a.json'))).toEqual({ text: 'line\nabcde9f' });
  expect(JSON.parse(text('b.json'))).toEqual({ text: 'line\nabcde9f [masked]' });
});

test('in a trace only members with a hit are packed again, and get new names that all others know', async () => {
  const page = `<p>${SECRET}</p>`;
  const [css, old] = [`body { color: red } /* ${'x'.repeat(500)} */`, sha1(page)];
  const path = writeZip(folder.at('trace.zip'), {
    'trace.trace': `{"type":"frame","sha1":"${old}.html","css":"resources/${sha1(css)}.css"}\n{"n":1}\n`,
    'trace.network': `{"_sha1":"${old}.html","url":"http://x/?t=${SECRET}"}\n`,
    [`resources/${sha1(css)}.css`]: css,
    [`resources/${old}.html`]: page,
    [`resources/${sha1(SECRET)}.txt`]: SECRET,
    [`resources/${sha1(PIN)}.txt`]: PIN,
    'no-hit.bin': Buffer.from([0, 1, 2, 255]),
  });
  const before = readFileSync(path);
  expect(await maskFile(path, { mask })).toBe(true);
  const members = readZip(path);
  const next = sha1('<p>[masked]</p>');
  expect(Object.keys(members).toSorted()).toEqual(
    [
      'trace.trace',
      'trace.network',
      `resources/${sha1(css)}.css`,
      `resources/${next}.html`,
      // Both bodies were nothing but a secret, and are the same now.
      `resources/${sha1('[masked]')}.txt`,
      'no-hit.bin',
    ].toSorted(),
  );
  expect(String(members['trace.trace'])).toBe(
    `{"type":"frame","sha1":"${next}.html","css":"resources/${sha1(css)}.css"}\n{"n":1}\n`,
  );
  expect(String(members['trace.network'])).toBe(`{"_sha1":"${next}.html","url":"http://x/?t=[masked]"}\n`);
  expect(statSync(path).mode & 0o777).toBe(0o640);
  for (const digest of [old, sha1(SECRET), sha1(PIN)]) expect(readFileSync(path).includes(digest)).toBe(false);
  const clean = writeZip(folder.at('clean.zip'), { 'a.txt': 'clean' });
  const bytes = readFileSync(clean);
  expect([await maskFile(clean, { mask }), readFileSync(clean).equals(bytes)]).toEqual([false, true]);
  expect(before.includes(old)).toBe(true);
});

test('what a shard hands on is masked with the traces inside of it, also where members are large', async () => {
  const inner = readFileSync(writeZip(folder.at('inner.zip'), { 'trace.trace': `{"v":"${SECRET}"}\n` }));
  rmSync(folder.at('inner.zip'));
  const digest = sha1('name');
  const bigLines = `${JSON.stringify({ text: 'y'.repeat(2_000), value: SECRET })}\n`.repeat(5_000);
  const path = writeZip(
    folder.at('report-1.zip'),
    {
      'report.jsonl': `${JSON.stringify({ data: Buffer.from(SECRET).toString('base64'), isBase64: true })}\n`,
      [`resources/${digest}.zip`]: inner,
      'resources/large.jsonl': `${bigLines}{"path":"resources/${digest}.zip","pin":${PIN}}\n`,
    },
    0,
  );
  expect(await maskFile(path, { mask })).toBe(true);
  const members = readZip(path);
  const line = JSON.parse(String(members['report.jsonl'])) as { data: string };
  expect(Buffer.from(line.data, 'base64').toString()).toBe('[masked]');
  const [name] = Object.keys(members).filter(each => each.endsWith('.zip'));
  expect(name).not.toContain(digest);
  writeFileSync(folder.at('again.zip'), members[name ?? ''] ?? '');
  expect(String(readZip(folder.at('again.zip'))['trace.trace'])).toBe('{"v":"[masked]"}\n');
  const large = String(members['resources/large.jsonl']).trimEnd().split('\n');
  expect(large.every(each => JSON.parse(each) !== undefined && !each.includes(SECRET))).toBe(true);
  expect(large.at(-1)).toBe(`{"path":"${name}","pin":"[masked]"}`);
  expect(readdirSync(folder.path).toSorted()).toEqual(['again.zip', 'report-1.zip']);
});

test('an archive is known by its bytes, packed or not, whatever its member is called', async () => {
  const inner = readFileSync(writeZip(folder.at('inner.zip'), { 'log.txt': `a ${SECRET}` }));
  for (const method of [0, 8]) {
    const path = writeZip(folder.at(`outer-${method}.zip`), { [`attachments/${sha1('of a zip')}`]: inner }, method);
    expect(await maskFile(path, { mask })).toBe(true);
    const [[name = '', bytes] = []] = Object.entries(readZip(path));
    expect(name).toBe(`attachments/${sha1(bytes ?? '')}`);
    writeFileSync(folder.at('inner-after.zip'), bytes ?? '');
    expect(readZip(folder.at('inner-after.zip'))['log.txt']?.toString()).toBe('a [masked]');
  }
});

test('at once: archives in it too, and nothing where a member is too large for that', async () => {
  const inner = readFileSync(writeZip(folder.at('inner.zip'), { 'log.txt': `a ${SECRET}`, 'b.txt': 'b' }));
  const path = writeZip(folder.at('outer.zip'), {
    'attachments/logs': inner,
    'broken.zip': Buffer.concat([inner.subarray(0, 30), Buffer.from(SECRET)]),
    'a.txt': SECRET,
  });
  expect(maskArchiveAtOnce(path, { mask })).toEqual({ members: 3, changed: 3 });
  const after = readZip(path);
  expect(after['a.txt']?.toString()).toBe('[masked]');
  expect(after['broken.zip']?.includes(SECRET)).toBe(false);
  writeFileSync(folder.at('inner-after.zip'), after['attachments/logs'] ?? '');
  expect(readZip(folder.at('inner-after.zip'))['log.txt']?.toString()).toBe('a [masked]');
  expect(maskArchiveAtOnce(path, { mask })).toEqual({ members: 3, changed: 0 });

  const large = writeZip(folder.at('large.zip'), { 'a.txt': SECRET, 'large.txt': 'x'.repeat(9 * 1024 * 1024) });
  const before = readFileSync(large);
  expect(maskArchiveAtOnce(large, { mask })).toBeUndefined();
  expect(readFileSync(large)).toEqual(before);
  // Without that haste it is masked, and so is one with a broken archive in it.
  writeZip(folder.at('broken.zip'), { 'broken.zip': Buffer.concat([inner.subarray(0, 30), Buffer.from(SECRET)]) });
  expect((await maskArtifacts(folder.path, mask)).changed).toEqual(['broken.zip', 'inner.zip', 'large.zip']);
});

test('the HTML report: data get new names, which its page knows', async () => {
  const data = `# Error\n${SECRET}`;
  const old = sha1(data);
  put(`report/data/${old}.md`, data);
  const zip = readFileSync(
    writeZip(folder.at('page.zip'), { 'report.json': `{"path":"data/${old}.md","title":"${SECRET}"}`, 'x.json': '{}' }),
  );
  rmSync(folder.at('page.zip'));
  const page = (bytes: Buffer): string =>
    `<!DOCTYPE html>\n<script>const a = { password: "not a secret" }</script>${'<!-- -->'.repeat(200_000)}<template id="x">data:application/zip;base64,${bytes.toString('base64')}</template><p>${SECRET}</p>`;
  put('report/index.html', page(zip));
  const { changed } = await maskArtifacts(folder.path, mask);
  const next = sha1('# Error\n[masked]');
  expect(changed).toEqual([join('report', 'data', `${next}.md`), join('report', 'index.html')]);
  const html = text('report/index.html');
  const carried = /base64,([^<]+)</.exec(html)?.[1] ?? '';
  writeFileSync(folder.at('carried.zip'), Buffer.from(carried, 'base64'));
  expect(String(readZip(folder.at('carried.zip'))['report.json'])).toBe(
    `{"path":"data/${next}.md","title":"[masked]"}`,
  );
  expect(html.replace(carried, '')).toBe(page(Buffer.alloc(0)).replace(SECRET, '[masked]'));
});

test('a text of more than memory should hold is masked wherever it is cut', async () => {
  const line = `${'z'.repeat(1_000)} ${SECRET} é\n`;
  put('huge.log', line.repeat(10_000));
  put('one-line.json', `{"a":"${'z'.repeat(9_000_000)}${SECRET}"}`);
  put('broken.log', Buffer.from(`\xff${line.repeat(10_000)}`, 'latin1'));
  expect((await maskArtifacts(folder.path, mask)).changed).toEqual(['broken.log', 'huge.log', 'one-line.json']);
  expect(text('huge.log')).toBe(line.replace(SECRET, '[masked]').repeat(10_000));
  expect(JSON.parse(text('one-line.json'))).toEqual({ a: `${'z'.repeat(9_000_000)}[masked]` });
  expect(readFileSync(folder.at('broken.log')).includes(SECRET)).toBe(false);
});

test('what gzip has packed is masked too, and what only begins like it is taken as it is', async () => {
  put('a.log.gz', gzipSync(`a ${SECRET} b`));
  const clean = gzipSync('nothing');
  put('clean.gz', clean);
  put('none.gz', Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), Buffer.from(SECRET)]));
  expect((await maskArtifacts(folder.path, mask)).changed).toEqual(['a.log.gz', 'none.gz']);
  expect(gunzipSync(readFileSync(folder.at('a.log.gz'))).toString()).toBe('a [masked] b');
  expect(readFileSync(folder.at('clean.gz')).equals(clean)).toBe(true);
  expect(readFileSync(folder.at('none.gz')).includes(SECRET)).toBe(false);
  expect(readdirSync(folder.path).toSorted()).toEqual(['a.log.gz', 'clean.gz', 'none.gz']);
});

test('links are not followed', async () => {
  const outside = mkdtempSync(join(tmpdir(), 'qh-outside-'));
  writeFileSync(join(outside, 'source.txt'), SECRET);
  symlinkSync(outside, folder.at('linked-folder'));
  symlinkSync(join(outside, 'source.txt'), folder.at('linked.txt'));
  expect(await maskArtifacts(folder.path, mask)).toEqual({ changed: [], unread: [], aside: [], failed: [] });
  expect(readFileSync(join(outside, 'source.txt'), 'utf8')).toBe(SECRET);
  rmSync(outside, { recursive: true });
});

test('half of a zip file is named, a folder that is not there fails, and so does what cannot be written', async () => {
  put('half.zip', Buffer.from('PK\x03\x04 and then it was killed'));
  put('a.txt', SECRET);
  mkdirSync(folder.at(`a.txt.${process.pid}.masked`));
  const result = await maskArtifacts(folder.path, mask);
  expect(result).toMatchObject({ changed: [], unread: ['half.zip'], failed: [{ path: 'a.txt' }] });
  expect(result.failed[0]?.reason).toMatch(/EISDIR|EEXIST/);
  expect((await maskArtifacts(folder.at('missing'), mask)).failed).toMatchObject([{ path: '.' }]);
});

test('what there is no time for is moved away and named', async () => {
  put('a.txt', SECRET);
  put('b/b.txt', SECRET);
  let at = 0;
  const progress: string[] = [];
  const { changed, aside } = await maskArtifacts(folder.path, mask, {
    budgetMs: 10,
    now: () => at,
    asideFolder: folder.at('..', 'qh-aside-test'),
    onProgress: ({ path, done, total }) => {
      progress.push(`${path} ${done}/${total}`);
      if (path !== 'a.txt') at = 100;
    },
  });
  const movedTo = folder.at('..', 'qh-aside-test', 'b', 'b.txt');
  expect([changed, aside]).toEqual([['a.txt'], [{ path: join('b', 'b.txt'), movedTo }]]);
  expect(progress).toEqual(['a.txt 0/2', `${join('b', 'b.txt')} 1/2`]);
  expect([existsSync(folder.at('b/b.txt')), readFileSync(movedTo, 'utf8')]).toEqual([false, SECRET]);
  rmSync(folder.at('..', 'qh-aside-test'), { recursive: true });
});
