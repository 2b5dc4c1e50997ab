import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { readZip, temporaryFolder, writeZip } from '../testing/zips.ts';
import { ZipReader } from './zip-reader.ts';
import { ZipWriter } from './zip-writer.ts';

/** Somebody else's zip code. Without it the same is seen in the traces that Playwright writes, in tests/e2e. */
const withPython = test.skipIf(spawnSync('python3', ['--version']).status !== 0);
const folder = temporaryFolder();
afterAll(folder.remove);

test('what was written is read again: names beyond ASCII, empty members, stored and deflated ones', async () => {
  const contents = { 'a.txt': 'x'.repeat(100_000), 'ä/日.json': '{}', empty: '', bin: Buffer.from([0, 255, 3]) };
  for (const method of [0, 8]) {
    const path = writeZip(folder.at(`both-${method}.zip`), contents, method);
    const read = readZip(path);
    expect(Object.keys(read)).toEqual(Object.keys(contents));
    for (const [name, content] of Object.entries(contents)) expect(read[name]).toEqual(Buffer.from(content));
  }
});

withPython('another program reads it, checks the sums, and what it has written is read by us', () => {
  writeZip(folder.at('ours.zip'), { 'a/b.txt': 'hello', 'c.bin': Buffer.alloc(70_000, 7) });
  const python = (code: string): string => execFileSync('python3', ['-c', code], { encoding: 'utf8' });
  expect(
    python(
      `import zipfile; z=zipfile.ZipFile(${JSON.stringify(folder.at('ours.zip'))}); print(z.testzip(), z.namelist())`,
    ),
  ).toBe("None ['a/b.txt', 'c.bin']\n");
  python(
    `import zipfile; z=zipfile.ZipFile(${JSON.stringify(folder.at('theirs.zip'))},'w',zipfile.ZIP_DEFLATED)
z.writestr('one.txt','1'*5000); z.open('two.txt','w',force_zip64=True).write(b'two'); z.close()`,
  );
  expect(readZip(folder.at('theirs.zip'))).toEqual({
    'one.txt': Buffer.from('1'.repeat(5000)),
    'two.txt': Buffer.from('two'),
  });
});

withPython('members are copied as they stand, also those whose sizes stood behind them', () => {
  // As a stream is written: sizes behind the content, and none in front.
  execFileSync('python3', [
    '-c',
    `import zipfile,sys
class Pipe:
  def __init__(s,f): s.f=f
  def write(s,b): return s.f.write(b)
  def flush(s): s.f.flush()
with open(${JSON.stringify(folder.at('streamed.zip'))},'wb') as f:
  z=zipfile.ZipFile(Pipe(f),'w',zipfile.ZIP_DEFLATED); z.writestr('a.txt','abc'*1000); z.close()`,
  ]);
  const zip = new ZipReader(folder.at('streamed.zip'));
  const copy = new ZipWriter(folder.at('copy.zip'), 0o600);
  for (const member of zip.members) {
    expect(member.flags & 8).toBe(8);
    copy.copy(zip, member);
  }
  copy.end();
  const copied = new ZipReader(folder.at('copy.zip'));
  expect(copied.members.map(member => copied.raw(member))).toEqual(zip.members.map(member => zip.raw(member)));
  expect(readZip(folder.at('copy.zip'))['a.txt']?.toString()).toBe('abc'.repeat(1000));
  for (const each of [zip, copied]) each.close();
});

withPython('more members than a small directory can count', () => {
  const contents = Object.fromEntries(Array.from({ length: 70_000 }, (_, n) => [`m${n}`, '']));
  const path = writeZip(folder.at('many.zip'), contents, 0);
  const zip = new ZipReader(path);
  expect(zip.members).toHaveLength(70_000);
  zip.close();
  expect(
    execFileSync('python3', ['-c', `import zipfile; print(len(zipfile.ZipFile(${JSON.stringify(path)}).namelist()))`], {
      encoding: 'utf8',
    }),
  ).toBe('70000\n');
});

test.each([
  ['half of a file', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2), 'it has no directory at its end'],
  ['bytes in front', (bytes: Buffer) => Buffer.concat([Buffer.from('#!'), bytes]), 'it does not begin where it should'],
  ['an encrypted member', (bytes: Buffer) => patched(bytes, 8, 1), 'its member a.txt is encrypted'],
  ['an unknown method', (bytes: Buffer) => patched(bytes, 10, 93), 'its member a.txt is packed by method 93'],
  [
    'a directory that says more than there is',
    (bytes: Buffer) => endPatched(bytes, 10, 9),
    'its directory ends after 1 of 9 members',
  ],
])('%s is no archive', (_, change, reason) => {
  writeZip(folder.at('good.zip'), { 'a.txt': 'some text' });
  const path = folder.at('bad.zip');
  writeFileSync(path, change(readFileSync(folder.at('good.zip'))));
  expect(() => new ZipReader(path)).toThrow(
    expect.objectContaining({ code: 'QH_ARCHIVE', message: `${path} is no zip file that can be read: ${reason}` }),
  );
  rmSync(folder.at('good.zip'));
});

test('a member that inflates to more than it says is refused', () => {
  const path = writeZip(folder.at('bomb.zip'), { 'a.txt': 'x'.repeat(10_000) });
  const bytes = readFileSync(path);
  const entry = bytes.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
  bytes.writeUInt32LE(10, entry + 24);
  writeFileSync(path, bytes);
  expect(() => readZip(path)).toThrow(expect.objectContaining({ code: 'QH_ARCHIVE' }));
});

function patched(bytes: Buffer, offset: number, value: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt16LE(value, copy.indexOf(Buffer.from([0x50, 0x4b, 1, 2])) + offset);
  return copy;
}

function endPatched(bytes: Buffer, offset: number, value: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt16LE(value, copy.indexOf(Buffer.from([0x50, 0x4b, 5, 6])) + offset);
  return copy;
}
