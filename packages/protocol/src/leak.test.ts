import { expect, test } from 'vitest';
import { type Leak, leakCounts, leakNote, leakSentence, leaksIn, leakWords } from './leak.ts';

const page: Leak = { thing: 'page', name: 'http://shop.test/', closed: true };
const server: Leak = { thing: 'server', name: 'on port 4000', at: 'a.spec.ts:12', closed: false };

test('what is noted is read again', () => {
  expect(leaksIn(leakNote([page, server]))).toEqual([page, server]);
});

test('other evidence tells of nothing left, nor does a note of that name which a test has made', () => {
  expect(leaksIn({ kind: 'note', name: 'coupon', data: { left: [page] } })).toEqual([]);
  expect(leaksIn({ kind: 'note', name: 'leak' })).toEqual([]);
  expect(leaksIn({ kind: 'note', name: 'leak', data: { left: ['a page', { thing: 'roof' }, page] } })).toEqual([page]);
  expect(leaksIn({ kind: 'page.error', type: 'crash', message: 'x' })).toEqual([]);
});

test('things are counted by kind, the most costly first', () => {
  const process: Leak = { thing: 'process', name: 'sleep', closed: false };
  expect(leakCounts([server, page, page])).toBe('2 pages, 1 server');
  expect(leakCounts([process, process])).toBe('2 processes');
});

test('one is said with where it was opened', () => {
  expect(leakWords(server)).toBe('a server on port 4000 (a.spec.ts:12)');
  expect(leakWords({ thing: 'API context', name: '', closed: true })).toBe('an API context');
});

test('the sentence of a run says what is still open', () => {
  expect(leakSentence(2, [page, page, server])).toBe('2 tests left 3 things open: 2 pages, 1 server; 1 not closed');
  expect(leakSentence(1, [page])).toBe('1 test left 1 thing open: 1 page; all closed');
  expect(leakSentence(1, [server])).toBe('1 test left 1 thing open: 1 server');
});
