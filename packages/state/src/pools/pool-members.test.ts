import { expect, test } from 'vitest';
import { lackWords } from './pool-members.ts';

test('what a pool did not have is said as it was wanted', () => {
  expect(lackWords({ labels: [], member: undefined })).toBe('had no member');
  expect(lackWords({ labels: ['refunds'], member: undefined })).toBe('had no member with the label refunds');
  expect(lackWords({ labels: ['refunds', 'night'], member: undefined })).toBe(
    'had no member with the labels refunds, night',
  );
  expect(lackWords({ labels: [], member: 'c1' })).toBe('did not have the member "c1"');
});
