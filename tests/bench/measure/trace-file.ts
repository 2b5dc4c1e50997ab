/** A trace as a browser test leaves it, and the two ways to mask it. Run as a program, it takes one of the ways. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { crc32, deflateRawSync } from 'node:zlib';
import { maskFile } from '@quality-hub/artifacts';
import { createMask } from '@quality-hub/telemetry';
import { zipMembers } from '../../leaks/zip-members.ts';
import { logText, secretsOf } from './log-text.ts';

/** One in so many members holds a secret. */
const WITH_SECRET = 16;
const MEMBER_BYTES = 90_000;

export interface MaskedTrace {
  readonly ms: number;
  readonly peakMb: number;
}

/** Pages and scripts with some noise, so that they shrink to about a third; the actions; the requests. */
export function writeTrace(
  path: string,
  contentBytes: number,
): { readonly contentBytes: number; readonly zipBytes: number } {
  const [secret = ''] = secretsOf(1);
  const { text } = logText(4, []);
  let noise = 1;
  const page = (n: number): Buffer => {
    const bytes = Buffer.from(text.slice((n * 7_919) % 3_000_000, ((n * 7_919) % 3_000_000) + MEMBER_BYTES));
    for (let at = 0; at < bytes.length; at += 9) {
      noise = (noise * 1_103_515_245 + 12_345) & 0x7fffffff;
      bytes[at] = 33 + ((noise >> 16) % 90);
    }
    if (n % WITH_SECRET === 0) bytes.write(secret, 100);
    return bytes;
  };
  const members: [name: string, bytes: Buffer][] = [];
  let events = '';
  for (let n = 0, length = 0; length < contentBytes; n++) {
    const bytes = page(n);
    const name = `resources/${createHash('sha1').update(bytes).digest('hex')}.html`;
    members.push([name, bytes]);
    events += `${JSON.stringify({ type: 'resource', n, url: `http://shop/${n}`, sha1: name.slice(10) })}\n`;
    length += bytes.length;
  }
  members.push(['trace.network', Buffer.from(events)]);
  writeZip(path, members);
  return {
    contentBytes: members.reduce((sum, [, { length }]) => sum + length, 0),
    zipBytes: readFileSync(path).length,
  };
}

/** Masks the file in a process of its own, whose memory is then known. */
export function maskInChild(way: 'ours' | 'plain', path: string): MaskedTrace {
  const program = fileURLToPath(import.meta.url);
  return JSON.parse(execFileSync(process.execPath, [program, way, path], { encoding: 'utf8' })) as MaskedTrace;
}

/** Everything is unpacked, replaced and packed again. */
function maskPlainly(path: string): void {
  const mask = createMask({ values: secretsOf(50) });
  const members = zipMembers(readFileSync(path)).map(({ name, bytes }): [string, Buffer] => {
    const text = bytes.toString('utf8');
    const masked = mask.values(text);
    return [name, masked === text ? bytes : Buffer.from(masked)];
  });
  writeZip(path, members);
}

function writeZip(path: string, members: readonly (readonly [name: string, bytes: Buffer])[]): void {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, bytes] of members) {
    const packed = deflateRawSync(bytes);
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt16LE(8, 4);
    facts.writeUInt32LE(crc32(bytes), 10);
    facts.writeUInt32LE(packed.length, 14);
    facts.writeUInt32LE(bytes.length, 18);
    facts.writeUInt16LE(name.length, 22);
    const where = Buffer.alloc(14);
    where.writeUInt32LE(at, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x00'), facts, where, Buffer.from(name));
    const member = Buffer.concat([Buffer.from('PK\x03\x04'), facts, Buffer.from(name), packed]);
    parts.push(member);
    at += member.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(members.length, 4);
  end.writeUInt16LE(members.length, 6);
  end.writeUInt32LE(list.length, 8);
  end.writeUInt32LE(at, 12);
  writeFileSync(path, Buffer.concat([...parts, list, Buffer.from('PK\x05\x06'), end]));
}

/** Of this program alone: what the system counts for a process begins with that of its parent. */
function peakMb(): number {
  const [, peak] = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return Number(peak) / 1024;
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const [, , way, path = ''] = argv;
  const startMs = performance.now();
  if (way === 'plain') maskPlainly(path);
  else await maskFile(path, { mask: createMask({ values: secretsOf(50) }) });
  const masked: MaskedTrace = { ms: performance.now() - startMs, peakMb: peakMb() };
  console.log(JSON.stringify(masked));
}
