/** Finds secrets that nobody has named, by what they look like. */
import { keywordSearch } from './keyword-search.ts';
import { SECRET_RULES, type SecretRule } from './secret-rules.ts';

export interface FoundPattern {
  /** Name of the rule. */
  readonly rule: string;
  readonly meaning: string;
  readonly start: number;
  readonly end: number;
}

export type SecretFinder = (text: string) => FoundPattern[];

/** Where secrets stand in `text`, in order. For many texts make a {@link secretFinder}. */
export function findSecrets(text: string, rules: readonly SecretRule[] = SECRET_RULES): FoundPattern[] {
  return secretFinder(rules)(text);
}

/** A text is read once for the keywords of all rules; only rules with a keyword in it look further. */
export function secretFinder(rules: readonly SecretRule[]): SecretFinder {
  const keywordsIn = keywordSearch(rules.flatMap(({ keywords }) => keywords));
  return text => {
    const keywords = keywordsIn(text);
    const found: FoundPattern[] = [];
    for (const rule of rules) if (rule.keywords.some(keyword => keywords.has(keyword))) found.push(...hits(text, rule));
    return found.sort((a, b) => a.start - b.start);
  };
}

function* hits(text: string, { name, meaning, pattern, leastEntropy = 0, check }: SecretRule): Iterable<FoundPattern> {
  for (const match of text.matchAll(pattern)) {
    const secret = match.groups?.secret ?? match[0];
    if (bitsPerCharacter(secret) < leastEntropy || check?.(secret) === false) continue;
    const start = match.index + match[0].lastIndexOf(secret);
    yield { rule: name, meaning, start, end: start + secret.length };
  }
}

/** Shannon's entropy of the characters, in bits: 0 for one that is repeated, 4 for random hex digits, 6 for base64. */
export function bitsPerCharacter(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
