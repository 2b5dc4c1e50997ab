import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildTarget, encodeQuery, readBaseUrl } from './build-path.ts';

const BASE = readBaseUrl('https://shop.test:8443/api/');
const path = (text: string, params?: Record<string, string | number>) => buildTarget(BASE, text, params, undefined);

test.each([
  ['/orders', '/api/orders', '/orders'],
  ['orders', '/api/orders', '/orders'],
  ['', '/api', '/'],
  ['/', '/api/', '/'],
  ['/a?x=1#frag', '/api/a?x=1', '/a'],
  ['/ä b', '/api/%C3%A4%20b', '/ä b'],
  ['/a/./b/../c', '/api/a/c', '/a/./b/../c'],
  ['/2024/orders/77', '/api/2024/orders/77', '/{id}/orders/{id}'],
  ['/v2/orders', '/api/v2/orders', '/v2/orders'],
  ['/users/507f1f77bcf86cd799439011', '/api/users/507f1f77bcf86cd799439011', '/users/{id}'],
])('%s goes to %s and is told as %s', (written, sent, told) => {
  expect(path(written)).toEqual({ origin: 'https://shop.test:8443', path: sent, template: told });
});

test('an absolute URL goes where it says, and is told by its path', () => {
  expect(buildTarget(BASE, 'http://other.test/x/9?q=1', undefined, { p: 2 })).toEqual({
    origin: 'http://other.test',
    path: '/x/9?q=1&p=2',
    template: '/x/{id}',
  });
  expect(buildTarget(undefined, 'http://other.test/x/{id}', { id: 'a b' }, undefined)).toEqual({
    origin: 'http://other.test',
    path: '/x/a%20b',
    template: '/x/{id}',
  });
});

test('parameters that are missing, unknown or would name another path are refused, all at once', () => {
  expect(() => path('/a/{id}/{name}', { nmae: 'x', id: '..' })).toThrow(
    'The path "/a/{id}/{name}": {id} is "..", which would name another path; there is no value for {name}; the path has no {nmae}, did you mean {name}?',
  );
  expect(() => path('/a/{id}', { id: '' })).toThrow('{id} is ""');
  expect(() => path('/a/{toString}', {})).toThrow('there is no value for {toString}');
  expect(() => path('//evil.test/x')).toThrow('begins with two slashes');
  expect(() => buildTarget(undefined, 'mailto://x', undefined, undefined)).toThrow('mailto: is not spoken here');
  expect(() => buildTarget(undefined, 'http://', undefined, undefined)).toThrow('does not make a URL');
});

test('whatever a parameter is, it stays one segment of the path and comes back as it was', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), value => {
      fc.pre(value !== '.' && value !== '..');
      const { path: sent } = path('/orders/{id}/lines', { id: value });
      const segments = new URL(`https://shop.test${sent}`).pathname.split('/');
      expect(segments).toHaveLength(5);
      expect(decodeURIComponent(segments[3] ?? '')).toBe(value.toWellFormed());
    }),
  );
});

test('a query is a record, a text or parameters', () => {
  expect(encodeQuery({ a: 'x y', b: [1, true, null], c: undefined })).toBe('a=x+y&b=1&b=true');
  expect(encodeQuery('?a=x y')).toBe('a=x+y');
  expect(encodeQuery(new URLSearchParams([['a', '1']]))).toBe('a=1');
  expect(buildTarget(BASE, '/a?', undefined, { b: 1 }).path).toBe('/api/a?b=1');
  expect(buildTarget(BASE, '/a', undefined, {}).path).toBe('/api/a');
});
