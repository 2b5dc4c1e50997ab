import { expect, test } from 'vitest';
import {
  EventError,
  errorSentence,
  isQualityHubError,
  OptionError,
  QualityHubError,
  UnsupportedError,
} from './errors.ts';

test('an error carries its code, hint, cause and the name of its class', () => {
  class LeaseError extends QualityHubError {}
  const cause = new Error('disk');
  const error = new LeaseError('Lost the lease', { code: 'QH_LEASE', hint: 'Take it again', cause });
  expect(error).toMatchObject({ name: 'LeaseError', code: 'QH_LEASE', hint: 'Take it again', cause });
});

test('an error without a cause has none', () => {
  expect(Object.hasOwn(new QualityHubError('x', { code: 'QH_X' }), 'cause')).toBe(false);
});

test('an option error lists every problem', () => {
  const error = new OptionError('qhTrace', ['is "on"', 'is late'], 'Use "off"');
  expect(error).toMatchObject({
    code: 'QH_OPTION',
    problems: ['is "on"', 'is late'],
    message: 'qhTrace: is "on"; is late',
  });
  expect(new OptionError('a', ['b']).hint).toBeUndefined();
});

test('the other errors of the protocol have their codes', () => {
  expect(new UnsupportedError('no').code).toBe('QH_UNSUPPORTED');
  expect(new EventError('no').code).toBe('QH_EVENT');
});

test('an error is known by its brand, which does not show when it is printed', () => {
  const error = new UnsupportedError('no', 'do');
  const fromOtherCopy = Object.defineProperty(new Error('no'), '@quality-hub/error', { value: true });
  expect(isQualityHubError(error)).toBe(true);
  expect(isQualityHubError(fromOtherCopy)).toBe(true);
  expect(isQualityHubError(new Error('no'))).toBe(false);
  expect(isQualityHubError(undefined)).toBe(false);
  expect(Object.keys(error)).not.toContain('@quality-hub/error');
});

test('the sentence of an error is its message and its hint', () => {
  expect(errorSentence(new UnsupportedError('No lock', 'Use redis'))).toBe('No lock. Use redis');
  expect(errorSentence(new UnsupportedError('No lock'))).toBe('No lock');
  expect(errorSentence(new Error('plain'))).toBe('plain');
  expect(errorSentence('text')).toBe('text');
});
