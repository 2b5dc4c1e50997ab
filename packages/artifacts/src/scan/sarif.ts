/** Findings as SARIF 2.1.0, which code hosts and editors show beside the file. */

import { isAbsolute, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SECRET_RULES } from '../patterns/secret-rules.ts';
import { COMPLIANCE_RULES, CONFIGURATION_RULES } from './compliance-rules.ts';
import type { Finding, FindingKind } from './finding.ts';
import { KNOWN_VALUE } from './scan-pieces.ts';

const LEVELS: Readonly<Record<FindingKind, string>> = { known: 'error', pattern: 'warning', compliance: 'note' };

/** @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html */
export function toSarif(findings: readonly Finding[], version: string): object {
  const rules = [
    { name: KNOWN_VALUE, meaning: 'value that is known to be secret' },
    ...SECRET_RULES,
    ...COMPLIANCE_RULES,
    ...CONFIGURATION_RULES,
  ].map(({ name, meaning }) => ({ id: name, shortDescription: { text: sentence(meaning) } }));
  const indexes = new Map(rules.map(({ id }, index) => [id, index]));
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'quality-hub scan',
            version,
            informationUri: 'https://www.npmjs.com/package/@quality-hub/cli',
            rules,
          },
        },
        results: findings.map(({ kind, rule, meaning, path, member, line, preview }) => ({
          ruleId: rule,
          ruleIndex: indexes.get(rule) ?? -1,
          level: LEVELS[kind],
          message: { text: `${sentence(meaning)} (${preview})${member === undefined ? '' : ` in ${member}`}` },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: uriOf(path) },
                // A line inside of a packed member is none of the file.
                ...(member === undefined && line !== undefined ? { region: { startLine: line } } : {}),
              },
              ...(member === undefined
                ? {}
                : {
                    logicalLocations: [
                      { fullyQualifiedName: line === undefined ? member : `${member}:${line}`, kind: 'member' },
                    ],
                  }),
            },
          ],
        })),
      },
    ],
  };
}

function uriOf(path: string): string {
  if (isAbsolute(path)) return pathToFileURL(path).href;
  return path.split(sep).map(encodeURIComponent).join('/');
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
