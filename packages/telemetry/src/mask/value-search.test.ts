import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodedForms } from './encoded-forms.ts';
import { createMask, MASKED } from './mask.ts';
import { SkipSearch } from './skip-search.ts';

/** The plainest way: every needle at every place, overlapping ones as one. */
function plainly(text: string, needles: Iterable<string>): string {
  const hidden = new Array<boolean>(text.length).fill(false);
  const begins = new Set<number>();
  const spans: [number, number][] = [];
  for (const needle of needles)
    for (let at = text.indexOf(needle); at !== -1; at = text.indexOf(needle, at + 1))
      spans.push([at, at + needle.length]);
  spans.sort(([a], [b]) => a - b);
  let covered = 0;
  for (const [start, end] of spans) {
    if (start >= covered) begins.add(start);
    for (let at = start; at < end; at++) hidden[at] = true;
    covered = Math.max(covered, end);
  }
  return [...hidden.keys()].map(at => (hidden[at] ? (begins.has(at) ? MASKED : '') : text.charAt(at))).join('');
}

/** A long form is also hidden where it is cut off. */
function beginnings(form: string): readonly string[] {
  return [form, ...Array.from({ length: Math.max(0, form.length - 48) }, (_, more) => form.slice(0, 48 + more))];
}

/** Few different characters, so that values overlap, and some beyond ASCII. */
const letter = fc.constantFrom('a', 'b', 'c', 'd', 'é', '🙂', '"', '&', '/', '\n', '%', ' ');
const value = fc.array(letter, { minLength: 6, maxLength: 60 }).map(letters => `${letters.join('')}wxyz`);
const piece = fc.array(letter, { maxLength: 8 }).map(letters => letters.join(''));

describe('the search', () => {
  test('finds what the plainest way finds, in any text, with needles of any length', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ unit: fc.constantFrom('a', 'b', 'é'), minLength: 2, maxLength: 12 }), {
          minLength: 1,
          maxLength: 6,
        }),
        fc.string({ unit: fc.constantFrom('a', 'b', 'é'), maxLength: 60 }),
        (needles, text) => {
          const found: string[] = [];
          new SkipSearch(needles).each(text, (start, end) => found.push(`${start} ${end}`));
          const expected = [...text].flatMap((_, start) => {
            const longest = needles.filter(needle => text.startsWith(needle, start)).map(({ length }) => length);
            return longest.length === 0 ? [] : [`${start} ${start + Math.max(...longest)}`];
          });
          expect(found).toEqual(expected);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('a mask hides every form of every value, and not a character more', () => {
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 4 }),
        fc.array(fc.tuple(fc.nat(), fc.nat(), piece), { maxLength: 8 }),
        (values, parts) => {
          const forms = values.map(one => [...encodedForms(one)]);
          const text = parts
            .map(([which, form, between]) => {
              const own = forms[which % forms.length] ?? [];
              return `${own[form % own.length] ?? ''}${between}`;
            })
            .join('');
          expect(createMask({ values }).text(text)).toBe(plainly(text, forms.flat().flatMap(beginnings)));
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('in pieces', () => {
  test('a text is masked as if it came at once, wherever it is cut', () => {
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 3 }),
        fc.array(fc.tuple(fc.nat(), fc.nat(), piece), { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 40 }),
        (values, parts, lengths) => {
          const forms = values.flatMap(one => [...encodedForms(one)]);
          const text = parts.map(([form, , between]) => `${forms[form % forms.length]}${between}`).join('');
          const mask = createMask({ values });
          const stream = mask.stream();
          let shown = '';
          for (let at = 0, n = 0; at < text.length; n++) {
            const length = lengths[n % lengths.length] ?? 1;
            shown += stream.push(text.slice(at, at + length));
            at += length;
          }
          expect(shown + stream.end()).toBe(mask.text(text));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('whole lines are shown at once, and a line without end is not kept for ever', () => {
    const stream = createMask({ values: ['swordfish-4711'] }).stream();
    expect(stream.push('one\ntwo sword')).toBe('one\n');
    expect(stream.push('fish-4711 three\nfour')).toBe(`two ${MASKED} three\n`);
    const long = 'x'.repeat(20_000);
    expect(stream.push(`${long}swordfi`)).toBe(`four${long}`);
    expect(stream.push('sh-4711')).toBe('');
    expect(stream.end()).toBe(MASKED);
  });

  test('a value that is added meanwhile counts from the next piece on', () => {
    const mask = createMask();
    const stream = mask.stream();
    expect(stream.push('swordfish-4711 and ')).toBe('');
    mask.add(['swordfish-4711']);
    expect(stream.push('more\n')).toBe(`${MASKED} and more\n`);
  });
});

describe('a copy that was cut off', () => {
  const token = `eyJhbGciOiJSUzI1NiJ9.${'Zm9vYmFyYmF6'.repeat(20)}.c2lnbmF0dXJl`;

  test.each(['…', '...'])('is hidden before %s', mark => {
    const mask = createMask({ values: [token, 'correct-h0rse-battery'] });
    expect(mask.text(`login with correct-h0rse${mark}`)).toBe(`login with ${MASKED}${mark}`);
    expect(mask.text(`login with ${token.slice(0, 179)}${mark}`)).toBe(`login with ${MASKED}${mark}`);
    expect(mask.text(`login with horse${mark}`)).toBe(`login with horse${mark}`);
  });

  test('of a long value is hidden anywhere', () => {
    const text = `"${token.slice(0, 100)}", and more`;
    expect(createMask({ values: [token] }).text(text)).toBe(`"${MASKED}", and more`);
  });

  test('is hidden at the end of a long string of data', () => {
    const params = { url: `https://shop.test/${'a'.repeat(165)}?q=correct-h0rse` };
    expect(createMask({ values: ['correct-h0rse-battery'] }).deep(params)).toEqual({
      url: `https://shop.test/${'a'.repeat(165)}?q=${MASKED}`,
    });
  });
});
