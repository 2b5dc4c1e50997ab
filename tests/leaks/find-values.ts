/** Looks for secret values in every byte under a folder: names, contents, inside zip files, and in encoded forms. */
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { type ZipMember, zipMembers } from './zip-members.ts';

const EMBEDDED_ZIP = /data:application\/zip;base64,([A-Za-z0-9+/=]+)/g;
/** Reports that compress their data into a string of their page. */
const LONG_BASE64 = /["'`]([A-Za-z0-9+/]{100,}={0,2})["'`]/g;

/**
 * The places where one of `values` stands: `report/index.html!data.zip!3f2a.json: swordfish`. A folder or file that is
 * not there has none.
 */
export function findValues(path: string, values: readonly string[]): string[] {
  const forms = values.flatMap(value => encodedForms(value).map(form => ({ value, bytes: Buffer.from(form) })));
  const lookInto = (place: string, bytes: Buffer): string[] => [
    ...forms.filter(form => bytes.includes(form.bytes)).map(({ value }) => `${place}: ${value}`),
    ...insideOf(bytes).flatMap(({ name, bytes: inner }) => [
      ...lookInto(`the name ${place}!${name}`, Buffer.from(name)),
      ...lookInto(`${place}!${name}`, inner),
    ]),
  ];
  const walk = (file: string): string[] => {
    if (!existsSync(file)) return [];
    const inName = lookInto(`the name ${file}`, Buffer.from(basename(file)));
    if (lstatSync(file).isDirectory()) return [...inName, ...readdirSync(file).flatMap(name => walk(join(file, name)))];
    return [...inName, ...lookInto(file, readFileSync(file))];
  };
  return [...new Set(walk(path))];
}

function insideOf(bytes: Buffer): ZipMember[] {
  if (bytes.subarray(0, 4).equals(Buffer.from('PK\u0003\u0004'))) return zipMembers(bytes);
  const text = bytes.toString('latin1');
  const zips = [...text.matchAll(EMBEDDED_ZIP)].flatMap(([, data]) => zipMembers(Buffer.from(data ?? '', 'base64')));
  return [
    ...zips,
    ...[...text.matchAll(LONG_BASE64)].flatMap(([, data]) => inflated(Buffer.from(data ?? '', 'base64'))),
  ];
}

function inflated(bytes: Buffer): ZipMember[] {
  try {
    return [{ name: 'inflated', bytes: inflateRawSync(bytes) }];
  } catch {
    // Some other long word.
    return [];
  }
}

/** As it is, in JSON, in a URL, and inside base64 at each of the three places it may begin in a group of bytes. */
function encodedForms(value: string): string[] {
  const bytes = Buffer.from(value);
  const inBase64 = [0, 1, 2].map(before => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    // Characters that also hold bits of the bytes around the value are left out.
    const last = (before + bytes.length) % 3 === 0 ? encoded.length : encoded.length - 1;
    return encoded.slice([0, 2, 3][before], last);
  });
  return [...new Set([value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value), ...inBase64])];
}
