/** Facts of made-up failing attempts, with the messages as Playwright 1.65 words them. */
import type { AttemptFacts, Evidence, RunError, TrafficEvidence } from '@quality-hub/protocol';
import { at, identity, planned, record } from './sample-run.ts';

export const ORIGIN = 'http://127.0.0.1:4000';

export interface SampleFacts extends Partial<Omit<AttemptFacts, 'evidence'>> {
  readonly error?: string | RunError;
  readonly evidence?: readonly Evidence[];
}

export function facts({ error, evidence = [], ...rest }: SampleFacts = {}): AttemptFacts {
  const title = 'a test';
  return {
    identity: identity(title),
    test: planned(title).test,
    retry: 0,
    status: 'failed',
    expectedStatus: 'passed',
    startedAt: at(0),
    durationMs: 900,
    timeoutMs: 30_000,
    errors: error === undefined ? [] : [typeof error === 'string' ? { message: error } : error],
    steps: [],
    evidence: evidence.map((one, index) => record(index + 1, one, (index + 1) * 10)),
    output: '',
    location: { file: 'orders.spec.ts', line: 3, column: 1 },
    tags: [],
    otherAttempts: [],
    neighbourWrites: [],
    ...rest,
  };
}

/** `traffic('POST /orders', 503)`. */
export function traffic(request: string, status?: number, more: Partial<TrafficEvidence> = {}): TrafficEvidence {
  const [method = 'GET', path = '/'] = request.split(' ');
  return {
    kind: 'traffic',
    source: 'request',
    method,
    url: ORIGIN + path,
    durationMs: 12,
    ...(status === undefined ? {} : { status }),
    ...more,
  };
}

export const page = (path: string, status?: number, more: Partial<TrafficEvidence> = {}): TrafficEvidence =>
  traffic(`GET ${path}`, status, { source: 'page', resource: 'document', ...more });

export const toBe = (expected: unknown, received: unknown): string =>
  `Error: expect(received).toBe(expected) // Object.is equality\n\nExpected: ${expected}\nReceived: ${received}`;

export const toBeOk = (request: string, status: string, body: string): string => {
  const [method, path] = request.split(' ');
  return `Error: ${request}\n\nexpect(response).toBeOK() failed\n\n\nCall log:\n→ ${method} ${ORIGIN}${path}\n  user-agent: Playwright/1.65.1\n  accept: */*\n← ${status}\n  content-type: application/json\n\nResponse text:\n${body}`;
};

export const toEqual = `Error: expect(received).toEqual(expected) // deep equality\n\n- Expected  - 1\n+ Received  + 1\n\n  Object {\n    "a": Array [\n      1,\n    ],\n-   "total": 12,\n+   "total": 10,\n  }`;

export const notFound = (locator = "getByRole('heading', { name: 'Shop' })", timeoutMs = 5000): string =>
  `Error: expect(locator).toBeVisible() failed\n\nLocator: ${locator}\nExpected: visible\nTimeout: ${timeoutMs}ms\nError: element(s) not found\n\nCall log:\n  - Expect "toBeVisible" ${locator} with timeout ${timeoutMs}ms\n  - waiting for ${locator}\n`;

export const wrongText = (expected: string, received: string, locator = "getByTestId('total')"): string =>
  `Error: expect(locator).toHaveText(expected) failed\n\nLocator:  ${locator}\nExpected: "${expected}"\nReceived: "${received}"\nTimeout:  5000ms\n\nCall log:\n  - Expect "toHaveText" ${locator} with timeout 5000ms\n  - waiting for ${locator}\n    8 × locator resolved to <b>${received}</b>\n      - unexpected value "${received}"\n`;

export const callLog = (request: string): string => {
  const [method, path] = request.split(' ');
  return `\nCall log:\n  - → ${method} ${ORIGIN}${path}\n    - user-agent: Playwright/1.65.1 (x64; debian 12) node/24.21\n    - accept: */*\n`;
};
