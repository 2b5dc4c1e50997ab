import { expect, test } from 'vitest';
import { bitsPerCharacter, findSecrets } from './find-secrets.ts';
import { keywordSearch } from './keyword-search.ts';
import { SECRET_RULES } from './secret-rules.ts';

/** Made of parts: no scanner of repositories takes this file for a leak. */
const ALPHA = 'aB3dE6gH9jK2mN5pQ8rS1tU4vW7xY0zA';
const mixed = (length: number): string => ALPHA.repeat(Math.ceil(length / ALPHA.length)).slice(0, length);
const hex = (length: number): string => '9f8e1d2c3b4a5067'.repeat(Math.ceil(length / 16)).slice(0, length);
const upper = (length: number): string => 'Q2W3E4R5T6Y7ZUIOPASDFGHJKL'.slice(0, length);
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const jwt = (header: string): string =>
  [...[header, '{"sub":"ann"}'].map(part => Buffer.from(part).toString('base64url')), mixed(43)].join('.');

/** Rule, texts that hold one, texts that nearly do. */
const SAMPLES: Readonly<Record<string, readonly [yes: readonly string[], no: readonly string[]]>> = {
  'aws-access-key': [
    [`id=${'AKIA'}${upper(16)}`],
    [`${'AKIA'}${upper(15)}`, `${'AKIA'}IOSFODNN7EXAMPLE`, `x${'AKIA'}${upper(16)}`],
  ],
  'aws-secret-key': [
    [`aws_secret_access_key = ${mixed(40)}`, `{"SecretAccessKey":"${mixed(40)}"}`],
    [`aws_secret_access_key = ${mixed(39)}`, `aws_secret_access_key=${'a'.repeat(40)}`],
  ],
  'github-token': [
    [`${'ghp'}_${mixed(36)}`, `${'ghs'}_${mixed(36)}`],
    [`${'ghp'}_${mixed(35)}`, `${'ghp'}_${'x'.repeat(36)}`],
  ],
  'github-fine-token': [[`${'github'}_pat_${mixed(22)}_${mixed(59)}`], [`${'github'}_pat_${mixed(22)}_${mixed(58)}`]],
  'gitlab-token': [[`${'glpat'}-${mixed(20)}`], [`${'glpat'}-${mixed(19)}`, `${'glpat'}-${'x'.repeat(20)}`]],
  'slack-token': [[`${'xoxb'}-1${hex(40)}`], [`${'xoxb'}-token-goes-here-please-now`, `${'xoxq'}-1${hex(40)}`]],
  'slack-webhook': [
    [`https://hooks.slack.com/services/T${upper(8)}/B${upper(8)}/${mixed(24)}`],
    ['https://hooks.slack.com/services/T000/B000/XXXX'],
  ],
  'discord-webhook': [
    [`https://discord.com/api/webhooks/${'1'.repeat(18)}/${mixed(68)}`],
    [`https://discord.com/api/webhooks/12/${mixed(68)}`],
  ],
  'stripe-key': [
    [`${'sk'}_live_${mixed(24)}`, `${'whsec'}_${mixed(32)}`],
    [`${'sk'}_live_${mixed(15)}`, `${'pk'}_live_${mixed(24)}`],
  ],
  'npm-token': [
    [`//r/:_authToken=${'npm'}_${mixed(36)}`],
    [`${'npm'}_${mixed(35)}`, `${'npm'}_${mixed(37)}`, 'npm_config_user_agent'],
  ],
  'pypi-token': [[`${'pypi'}-AgEIcHlwaS5vcmc${mixed(60)}`], [`${'pypi'}-AgEIcHlwaS5vcmc${mixed(20)}`]],
  'sendgrid-key': [[`${'SG'}.${mixed(22)}.${mixed(43)}`], [`${'SG'}.${mixed(21)}.${mixed(43)}`]],
  'twilio-key': [[`${'SK'}${hex(32)}`], [`${'SK'}${hex(31)}`, `${'SK'}${'0'.repeat(32)}`, `TASK${hex(32)}`]],
  'openai-key': [[`${'sk'}-proj-${mixed(40)}T3BlbkFJ${mixed(40)}`], [`${'sk'}-proj-${mixed(10)}T3BlbkFJ${mixed(10)}`]],
  'anthropic-key': [[`${'sk'}-ant-api03-${mixed(95)}`], [`${'sk'}-ant-api03-${mixed(40)}`]],
  'google-api-key': [[`?key=${'AIza'}${mixed(35)}`], [`${'AIza'}${mixed(34)}`, `${'AIza'}${mixed(36)}`]],
  'google-client-secret': [[`${'GOCSPX'}-${mixed(28)}`], [`${'GOCSPX'}-${mixed(27)}`]],
  'azure-storage-key': [
    [`AccountName=a;${'AccountKey'}=${mixed(86)}==;EndpointSuffix=x`, `${'SharedAccessKey'}=${mixed(43)}=`],
    [`${'AccountKey'}=${mixed(80)}==`, `${'AccountKey'}=${'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1'}${mixed(54)}==`],
  ],
  'azure-sas': [
    [`https://a.blob.core.windows.net/c?sv=2022-11-02&se=2030&${'sig'}=${mixed(43)}%3D`],
    [`?design=1&big=2&${'sig'}=${mixed(10)}`],
  ],
  'azure-client-secret': [[`secret: abc8Q~${mixed(34)}`], [`secret: abc8Q~${mixed(20)}`]],
  'vault-token': [[`${'hvs'}.${mixed(90)}`], [`${'hvs'}.${mixed(10)}`, 'x.hvs.method']],
  'docker-token': [[`${'dckr'}_pat_${mixed(27)}`], [`${'dckr'}_pat_${mixed(20)}`]],
  'digitalocean-token': [[`${'dop'}_v1_${hex(64)}`], [`${'dop'}_v1_${hex(63)}`]],
  'databricks-token': [[`${'dapi'}${hex(32)}`], [`${'dapi'}${hex(31)}`]],
  'shopify-token': [[`${'shpat'}_${hex(32)}`], [`${'shpat'}_${hex(31)}`]],
  'private-key': [
    [
      `-----BEGIN ${'PRIVATE'} KEY-----\n${mixed(64)}\n${mixed(64)}\n-----END ${'PRIVATE'} KEY-----`,
      `"-----BEGIN RSA ${'PRIVATE'} KEY-----\\n${mixed(64)}\\n-----END RSA"`,
    ],
    [`-----BEGIN PUBLIC KEY-----\n${mixed(64)}\n-----END`, `-----BEGIN ${'PRIVATE'} KEY-----\n...\n-----END`],
  ],
  jwt: [[`Bearer ${jwt('{"alg":"HS256"}')}`], [jwt('{"not":"one"}'), jwt('{"alg":"HS256"}').slice(0, -30)]],
  'basic-auth': [
    [`Authorization: Basic ${base64('ann:correct horse')}`],
    [`Basic ${base64('no colon here at all')}`, `Basic ${base64('ann:****')}`, 'Basic authentication'],
  ],
  'url-password': [
    [
      'postgres://shop:Tr0ub4dor@db:5432/shop',
      'https://ann:h0rse-battery@example.org/',
      'redis://:Tr0ub4dor@cache:6379',
    ],
    [
      'postgres://shop:[masked]@db',
      'https://user:password@example.org',
      'http://host:8080/a@b',
      `postgres://u:${'$'}{PASSWORD}@db`,
    ],
  ],
  'connection-string': [
    ['Server=db;Database=shop;User Id=sa;Password=Tr0ub4dor&3;'],
    ['Server=db;Database=shop;Password=[masked];', 'Password=Tr0ub4dor;'],
  ],
};

test('every rule has its samples, and there are about as many as services that everybody uses', () => {
  expect(Object.keys(SAMPLES)).toEqual(SECRET_RULES.map(({ name }) => name));
  expect(SECRET_RULES.length).toBeGreaterThanOrEqual(25);
  for (const { pattern } of SECRET_RULES) expect(pattern.flags).toContain('g');
});

test.each(SECRET_RULES)('$name: $meaning', ({ name }) => {
  const [yes, no] = SAMPLES[name] ?? [[], []];
  for (const text of yes) {
    const [found, ...more] = findSecrets(`before ${text} after`).filter(({ rule }) => rule === name);
    expect([found?.rule, more], text).toEqual([name, []]);
    expect(text).toContain(`before ${text} after`.slice(found?.start, found?.end));
  }
  for (const text of no) expect(findSecrets(`before ${text} after`), text).toEqual([]);
});

test('ordinary texts hold none: digests, ids, addresses, code, base64 pictures', () => {
  for (const text of [
    `commit ${hex(40)} tree ${hex(64)}`,
    '123e4567-e89b-42d3-a456-426614174000 at http://localhost:3000/a?b=c#d and ann@example.org',
    `data:image/png;base64,${base64(mixed(3_000))}`,
    'const password = process.env.PASSWORD; const token = await secrets.get("shop");',
    'npm_config_registry GOCSPX sk_ ghp_ AKIA eyJ eyJhbGciOiJIUzI1NiJ9 Basic ://',
  ])
    expect(findSecrets(text), text).toEqual([]);
});

test('every keyword is found wherever it stands, also at both ends of a text', () => {
  const words = SECRET_RULES.flatMap(({ keywords }) => keywords);
  const search = keywordSearch(words);
  for (const word of words)
    for (const text of [word, `${word} after`, `before ${word}`, `${'x'.repeat(1_000)}${word}é`])
      expect(search(text), text).toContain(word);
  expect([...search(''), ...search('a'), ...search('nothing of it')]).toEqual([]);
});

test('entropy is that of Shannon', () => {
  expect([bitsPerCharacter(''), bitsPerCharacter('aaaa'), bitsPerCharacter('abab'), bitsPerCharacter('abcd')]).toEqual([
    0, 0, 1, 2,
  ]);
});

test('a long text without a secret is looked through in no time, and one made to be slow as well', () => {
  const lines = `${'https://a:b '.repeat(5_000)}${'eyJ'.repeat(20_000)}${'a=;'.repeat(20_000)}server=a;${'pwd '.repeat(20_000)}`;
  const startMs = performance.now();
  findSecrets(lines);
  expect(performance.now() - startMs).toBeLessThan(3_000);
});
