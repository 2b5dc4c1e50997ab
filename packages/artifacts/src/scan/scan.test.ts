import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createMask } from '@quality-hub/telemetry';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findSecrets } from '../patterns/find-secrets.ts';
import { temporaryFolder, writeZip } from '../testing/zips.ts';
import { COMPLIANCE_RULES } from './compliance-rules.ts';
import { type Finding, placeOf } from './finding.ts';
import { toSarif } from './sarif.ts';
import { scanArtifacts } from './scan-artifacts.ts';
import { scanPieces } from './scan-pieces.ts';

const SECRET = 'swordfish-4711';
const TOKEN = `${'npm'}_aB3dE6gH9jK2mN5pQ8rS1tU4vW7xY0zA1bC2`;
const mask = createMask({ values: [SECRET] });

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

async function places(compliance: readonly string[] = []): Promise<string[]> {
  const rules = COMPLIANCE_RULES.filter(({ name }) => compliance.includes(name));
  const { findings } = await scanArtifacts([folder.path], { mask, compliance: rules });
  return findings.map(found => `${placeOf(found).slice(folder.path.length + 1)} ${found.rule}`);
}

test('known and unknown secrets are found with their line, in any file and inside of what is packed', async () => {
  put('a/log.txt', `one\ntwo ${encodeURIComponent(SECRET)}\n\n${TOKEN}\n`);
  put('b.bin', Buffer.concat([Buffer.from([0, 255]), Buffer.from(SECRET), Buffer.from(TOKEN)]));
  put('c.log.gz', gzipSync(`x\n${SECRET}`));
  const trace = readFileSync(
    writeZip(folder.at('trace.zip'), {
      'trace.trace': `{}\n{"v":"${Buffer.from(`ab${SECRET}`).toString('base64')}"}\n`,
    }),
  );
  writeZip(folder.at('blob.zip'), { 'resources/t.zip': trace, [`${SECRET}.txt`]: 'clean', 'empty.zip': '' });
  const data = readFileSync(writeZip(folder.at('data.zip'), { 'report.json': `"${SECRET}"` }));
  put('index.html', `<!DOCTYPE html><template>data:application/zip;base64,${data.toString('base64')}</template>`);
  put(`of-${SECRET}/clean.txt`, 'clean');
  put('d.gz', Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), Buffer.from(SECRET)]));
  put('node_modules/x.txt', SECRET);
  symlinkSync(folder.at('a'), folder.at('linked'));
  expect(await places()).toEqual([
    'a/log.txt:2 known-value',
    'a/log.txt:4 npm-token',
    'b.bin known-value',
    `blob.zip!resources/t.zip!trace.trace:2 known-value`,
    `blob.zip!${SECRET}.txt known-value`,
    'c.log.gz!unpacked:2 known-value',
    'd.gz known-value',
    'data.zip!report.json:1 known-value',
    'index.html!data!report.json:1 known-value',
    `of-${SECRET} known-value`,
    'trace.zip!trace.trace:2 known-value',
  ]);
});

test('a finding never tells the value', async () => {
  put('a.txt', `${SECRET}\n${TOKEN}\n`);
  const { findings } = await scanArtifacts([folder.path], { mask });
  expect(findings.map(({ preview }) => preview)).toEqual(['sw… 14 characters', 'np… 40 characters']);
  expect(JSON.stringify(findings) + JSON.stringify(toSarif(findings, '1'))).not.toMatch(/swordfish|aB3dE6/);
});

test('half of a zip file, and a path that is not there, are told', async () => {
  put('half.zip', 'PK\u0003\u0004 and then it was killed');
  const { unread } = await scanArtifacts([folder.path, folder.at('missing')], { mask });
  expect(unread).toMatchObject([
    { path: folder.at('half.zip'), reason: 'it is no zip file that can be read' },
    { path: folder.at('missing'), reason: expect.stringContaining('ENOENT') },
  ]);
});

test('of the same in one place twenty are listed, and the rest is counted', async () => {
  put('a.txt', `${SECRET}\n`.repeat(50));
  const { findings, omitted, files } = await scanArtifacts([folder.path], { mask });
  expect([findings.length, omitted, files]).toEqual([20, 30, 1]);
});

test('it does not matter where a file is cut, and lines are counted over the cuts', async () => {
  const filler = `${'x'.repeat(99)}\n`.repeat(25_000);
  const text = Buffer.from(`${filler}a ${SECRET}\n${filler}b ${TOKEN}\n${filler}`);
  async function hits(size: number): Promise<string[]> {
    const pieces = function* (): Iterable<Buffer> {
      for (let at = 0; at < text.length; at += size) yield text.subarray(at, at + size);
    };
    const found: string[] = [];
    for await (const { rule, line } of scanPieces(pieces(), { mask, findPatterns: findSecrets, compliance: [] }, false))
      found.push(`${rule}:${line}`);
    return found;
  }
  for (const size of [1_000_003, 2_097_152, 6_000_001, text.length])
    expect(await hits(size)).toEqual(['known-value:25001', 'npm-token:50002']);
});

const ALL = COMPLIANCE_RULES.map(({ name }) => name);
/** With the right check digits, and not one of the numbers that everybody tests with. */
const SAMPLES: Readonly<Record<string, readonly [yes: readonly string[], no: readonly string[]]>> = {
  'card-number': [
    ['card 4539 1488 0343 6467.', '{"pan":"5425233430109903"}', '3742 454554 00126'],
    [
      'card 4539 1488 0343 6468.',
      '4242 4242 4242 4242',
      '1234567890123452',
      'id 20260101120000123',
      '0.4539148803436467',
    ],
  ],
  iban: [
    ['NL91 ABNA 0417 1643 00', 'FR1420041010050500013M02606'],
    ['NL92 ABNA 0417 1643 00', 'NL91ABNA04171643000', 'AB12CDEF12345678'],
  ],
  'email-address': [
    ['by ann.lee+x@shop.io today'],
    ['ann@example.com', 'a@b.test', 'icon@2x.png', '@playwright/test@1.65.1'],
  ],
  'plain-http': [
    ['GET http://api.shop.io/orders'],
    [
      'http://localhost:3000/',
      'http://127.0.0.1/',
      'http://10.1.2.3/',
      'http://www.w3.org/2000/svg',
      'https://api.shop.io',
      'http://shop:4010/',
      'http://a.example.com',
    ],
  ],
  'certificate-checks-off': [
    [
      'NODE_TLS_REJECT_UNAUTHORIZED=0',
      '"rejectUnauthorized": false',
      'ignoreHTTPSErrors: true',
      'curl -s -k https://x',
      '?sslmode=disable',
    ],
    [
      'NODE_TLS_REJECT_UNAUTHORIZED=1',
      '"rejectUnauthorized": true',
      'ignoreHTTPSErrors: false',
      'curl --keepalive',
      'sslmode=require',
    ],
  ],
};

test.each(COMPLIANCE_RULES)('$name: $meaning', async ({ name, inCode }) => {
  const [yes, no] = SAMPLES[name] ?? [[], []];
  for (const [n, text] of yes.entries()) put(`yes-${n}.txt`, text);
  for (const [n, text] of no.entries()) put(`no-${n}.txt`, text);
  put('code.js', yes.join('\n'));
  const found = await places([name]);
  const expected = yes.map((_, n) => `yes-${n}.txt:1 ${name}`);
  expect(found.filter(place => !place.startsWith('code'))).toEqual(expected);
  expect(found.some(place => place.startsWith('code'))).toBe(inCode);
  expect(await places()).toEqual([]);
  expect(ALL).toContain(name);
});

test('SARIF has what readers of it need: version, rules, levels, places', async () => {
  put('a b/log.txt', `\n${SECRET}\n`);
  writeZip(folder.at('t.zip'), { 'x.txt': `\n\n${TOKEN}` });
  const { findings } = await scanArtifacts([folder.path], { mask });
  const relative = findings.map((found): Finding => ({ ...found, path: found.path.slice(folder.path.length + 1) }));
  const log = JSON.parse(JSON.stringify(toSarif(relative, '1.2.3'))) as {
    version: string;
    $schema: string;
    runs: {
      tool: { driver: { name: string; version: string; rules: { id: string; shortDescription: { text: string } }[] } };
      results: { ruleId: string; ruleIndex: number; level: string; message: { text: string }; locations: object[] }[];
    }[];
  };
  expect([log.version, log.$schema]).toEqual(['2.1.0', expect.stringContaining('sarif-2.1.0')]);
  const [run] = log.runs;
  const { rules = [], name } = run?.tool.driver ?? {};
  expect(name).toBe('quality-hub scan');
  expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
  for (const { ruleId, ruleIndex, level, message } of run?.results ?? []) {
    expect(rules[ruleIndex]?.id).toBe(ruleId);
    expect(['none', 'note', 'warning', 'error']).toContain(level);
    expect(message.text).not.toBe('');
  }
  expect(run?.results.map(({ locations, level }) => [level, ...locations])).toEqual([
    ['error', { physicalLocation: { artifactLocation: { uri: 'a%20b/log.txt' }, region: { startLine: 2 } } }],
    [
      'warning',
      {
        physicalLocation: { artifactLocation: { uri: 't.zip' } },
        logicalLocations: [{ fullyQualifiedName: 'x.txt:3', kind: 'member' }],
      },
    ],
  ]);
  expect(JSON.stringify(toSarif(findings, '1'))).toContain('"uri":"file:///');
});
