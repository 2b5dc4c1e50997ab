/** The doors a secret can leave by, each with a value of its own, so that a leak names its door. */

const JWT_PARTS = [
  { alg: 'HS256', typ: 'JWT' },
  { sub: 'clerk-4711', scope: 'orders:write refunds' },
];

/** Values of every kind: signs that formats escape, several lines, other alphabets, long ones, numbers. */
const KINDS: readonly ((door: string) => string)[] = [
  door => `plain${tail(door)}`,
  door => `q"uo'te<&>${tail(door)}`,
  door => `with space+%/${tail(door)}?=`,
  door => `schlüssel-é-${tail(door)}`,
  door => `back\\slash$${tail(door)}`,
  door => Buffer.from(`bytes of ${tail(door)}`).toString('base64'),
  door => `${tail(door)}`.repeat(20),
  door => [...JWT_PARTS.map(part => base64url(JSON.stringify({ ...part, door }))), base64url(tail(door))].join('.'),
];

/** Doors whose text is one line of plain signs by its nature: a header, a cookie. */
const PLAIN = new Set(['header', 'cookie', 'responseHeader', 'basicAuth', 'extraHeader']);

export const DOORS = [
  'urlQuery',
  'urlPath',
  'header',
  'extraHeader',
  'jsonBody',
  'formBody',
  'multipartBody',
  'basicAuth',
  'responseBody',
  'responseHeader',
  'fill',
  'type',
  'pageText',
  'pageTitle',
  'pageInput',
  'console',
  'pageError',
  'webSocketSent',
  'webSocketReceived',
  'cookie',
  'localStorage',
  'storageState',
  'evaluate',
  'har',
  'download',
  'ariaSnapshot',
  'locatorError',
  'timeout',
  'stdout',
  'stderr',
  'stdoutBytes',
  'thrown',
  'cause',
  'thrownString',
  'diff',
  'softDiff',
  'snippet',
  'stepTitle',
  'stepParams',
  'stepSubtitle',
  'failedStep',
  'testTitle',
  'describeTitle',
  'staticAnnotation',
  'annotation',
  'skipReason',
  'attachmentBody',
  'attachmentName',
  'attachmentFile',
  'attachmentJson',
  'attachmentZip',
  'outputFile',
  'snapshotFile',
  'retry',
  'workerCrash',
  'beforeAll',
  'fixtureTeardown',
  'workerTeardown',
  'globalSetup',
  'globalTeardown',
  'metadata',
  'severalLines',
] as const;

export type Door = (typeof DOORS)[number];

/** The secret of each door. */
export const SECRETS = Object.fromEntries(DOORS.map((door, index) => [door, secretOf(door, index)])) as Readonly<
  Record<Door, string>
>;

export const VARIABLE = 'LEAK_VALUES';

/**
 * The values travel as one variable whose name tells nobody what they are. What a global setup prints, before the runner has
 * told anybody of the options of fixtures, is known by the name of its variable.
 */
export const ENVIRONMENT = {
  [VARIABLE]: Buffer.from(JSON.stringify(SECRETS)).toString('hex'),
  SETUP_PASSWORD: SECRETS.globalSetup,
};

function secretOf(door: Door, index: number): string {
  if (door === 'severalLines')
    return ['-----BEGIN KEY-----', tail(door), tail(`${door}2`), '-----END KEY-----'].join('\n');
  const kind = PLAIN.has(door) ? KINDS[0] : KINDS[index % KINDS.length];
  return kind?.(door) ?? '';
}

/** Twelve letters and digits that belong to the door: FNV-1a of its name, spun on. */
function tail(door: string): string {
  let hash = 0x811c9dc5;
  for (const sign of door) hash = Math.imul(hash ^ sign.charCodeAt(0), 0x01000193);
  let text = '';
  while (text.length < 12) {
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
    text += hash.toString(36);
  }
  return `${text.slice(0, 12)}Zq`;
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url');
}
