/** Finds secrets that nobody has named, by what they look like. */
import { SECRET_RULES, type SecretRule } from './secret-rules.ts';

export interface FoundPattern {
  /** Name of the rule. */
  readonly rule: string;
  readonly meaning: string;
  readonly start: number;
  readonly end: number;
}

/** Where secrets stand in `text`, in order. A text without any of the keywords costs a look for each of them. */
export function findSecrets(text: string, rules: readonly SecretRule[] = SECRET_RULES): FoundPattern[] {
  const found: FoundPattern[] = [];
  for (const { name, meaning, keywords, pattern, leastEntropy = 0, check } of rules) {
    if (!keywords.some(keyword => text.includes(keyword))) continue;
    for (const match of text.matchAll(pattern)) {
      const secret = match.groups?.secret ?? match[0];
      if (bitsPerCharacter(secret) < leastEntropy || check?.(secret) === false) continue;
      const start = match.index + match[0].lastIndexOf(secret);
      found.push({ rule: name, meaning, start, end: start + secret.length });
    }
  }
  return found.sort((a, b) => a.start - b.start);
}

/** Shannon's entropy of the characters, in bits: 0 for one that is repeated, 4 for random hex digits, 6 for base64. */
export function bitsPerCharacter(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
