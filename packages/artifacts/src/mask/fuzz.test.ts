import { readFileSync, rmSync } from 'node:fs';
import { createMask, encodedForms, isMaskable } from '@quality-hub/telemetry';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { readZip, temporaryFolder, writeZip } from '../testing/zips.ts';
import { maskBytes } from './mask-bytes.ts';
import { maskFile } from './mask-file.ts';
import { kindOfPieces, maskPieces } from './mask-pieces.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

const SEED = { seed: 20261122, numRuns: 150 };
/** Characters that look different in every kind of text. */
const secret = fc
  .string({ unit: fc.constantFrom(...'abcdefg0123456"\\/<>&\'%+ é日\n'), minLength: 6, maxLength: 70 })
  .filter(value => isMaskable(value) && value.trim().length >= 6);
/** None of them is in a secret, nor in what it is encoded to at its edges. */
const filler = fc.string({ unit: fc.constantFrom(...'|~^_'), maxLength: 30 });
const plain = (value: string): string => value;
const inJson = (value: string): string => JSON.stringify(value).slice(1, -1);
const encoder = fc.constantFrom(plain, inJson, encodeURIComponent, (value: string) =>
  Buffer.from(value).toString('hex'),
);

const pieces = fc.array(fc.tuple(filler, fc.nat(3), encoder), { minLength: 1, maxLength: 12 });
const values = fc.uniqueArray(secret, { minLength: 1, maxLength: 4 });

test('in a text exactly the secrets are gone, in every form', () => {
  fc.assert(
    fc.property(values, pieces, (secrets, parts) => {
      const mask = createMask({ values: secrets });
      const of = (n: number): string => secrets[n % secrets.length] ?? '';
      const text = parts.map(([before, n, encode]) => `${before}|${encode(of(n))}|`).join('');
      const masked = maskBytes(Buffer.from(text), { mask, kind: 'text' }).toString();
      expect(masked).toBe(parts.map(([before]) => `${before}|[masked]|`).join(''));
    }),
    SEED,
  );
});

test('JSON stays JSON, whatever stands in it', () => {
  fc.assert(
    fc.property(values, pieces, fc.boolean(), (secrets, parts, pretty) => {
      const mask = createMask({ values: secrets });
      const of = (n: number): string => secrets[n % secrets.length] ?? '';
      const value = parts.map(([before, n], at) =>
        at % 3 === 0
          ? { [before]: `|${of(n)}|` }
          : at % 3 === 1
            ? Buffer.from(`|${of(n)}|`).toString('base64')
            : [1.5, before],
      );
      const masked = maskBytes(Buffer.from(JSON.stringify(value, undefined, pretty ? 2 : 0)), { mask }).toString();
      const decoded =
        JSON.stringify(JSON.parse(masked)) + parts.map((_, at) => base64At(JSON.parse(masked), at)).join();
      for (const each of secrets) expect(decoded).not.toContain(inJson(each));
      expect(JSON.parse(masked)).toHaveLength(value.length);
    }),
    SEED,
  );
});

function base64At(value: unknown[], at: number): string {
  return inJson(Buffer.from(String(value[at]), 'base64').toString());
}

test('bytes of any kind keep their length, and differ only where a secret stood', () => {
  fc.assert(
    fc.property(values, fc.array(fc.uint8Array({ maxLength: 40 })), (secrets, noise) => {
      const mask = createMask({ values: secrets });
      const parts = noise.flatMap((bytes, n) => [Buffer.from(bytes), Buffer.from(secrets[n % secrets.length] ?? '')]);
      const bytes = Buffer.concat([Buffer.alloc(1), ...parts]);
      const masked = maskBytes(bytes, { mask });
      expect(masked).toHaveLength(bytes.length);
      for (const each of secrets) expect(masked.includes(each)).toBe(false);
      const spans = mask.find(bytes.toString('latin1'));
      for (const [at, byte] of bytes.entries())
        if (!spans.some(({ start, end }) => at >= start && at < end)) expect(masked[at]).toBe(byte);
    }),
    SEED,
  );
});

test('it does not matter where a file is cut', () => {
  fc.assert(
    fc.property(
      values,
      pieces,
      fc.integer({ min: 1, max: 50 }),
      fc.constantFrom('', '\u0000', '{'),
      (secrets, parts, size, first) => {
        const mask = createMask({ values: secrets });
        const of = (n: number): string => secrets[n % secrets.length] ?? '';
        const text = first + parts.map(([before, n, encode]) => `${before}|${encode(of(n))}|`).join('\n');
        const bytes = Buffer.from(text);
        const cut = function* (): Iterable<Buffer> {
          for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
        };
        const written: Buffer[] = [];
        const changed = maskPieces(cut(), piece => written.push(Buffer.from(piece)), {
          mask,
          kind: kindOfPieces(cut()),
        });
        const whole = Buffer.concat(written).toString();
        expect(changed).toBe(true);
        for (const each of secrets) expect(whole).not.toContain(each);
        if (first === '') expect(whole).toBe(maskBytes(bytes, { mask, kind: 'text' }).toString());
        if (first === '\u0000') expect(Buffer.concat(written)).toHaveLength(bytes.length);
      },
    ),
    SEED,
  );
});

test('in an archive no secret is left, and what had none is byte for byte the same', async () => {
  await fc.assert(
    fc.asyncProperty(
      values,
      fc.array(fc.tuple(fc.uint8Array({ maxLength: 200 }), fc.boolean(), encoder), { maxLength: 8 }),
      async (secrets, members) => {
        const mask = createMask({ values: secrets });
        const contents = Object.fromEntries(
          members.map(([noise, isClean, encode], n) => [
            `m${n}`,
            isClean ? Buffer.from(noise) : Buffer.concat([Buffer.from(noise), Buffer.from(encode(secrets[0] ?? ''))]),
          ]),
        );
        const path = writeZip(folder.at('fuzz.zip'), contents);
        await maskFile(path, { mask });
        for (const [name, content] of Object.entries(readZip(path))) {
          for (const form of secrets.flatMap(each => [...encodedForms(each)]))
            expect(content.includes(form)).toBe(false);
          const before = contents[name] ?? Buffer.alloc(0);
          if (mask.find(before.toString('latin1')).length === 0) expect(content.equals(before)).toBe(true);
        }
        expect(readFileSync(path).length).toBeGreaterThan(0);
        rmSync(path);
      },
    ),
    { ...SEED, numRuns: 60 },
  );
});
