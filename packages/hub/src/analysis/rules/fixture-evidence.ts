/** What resilient clients, leases, databases and health probes have recorded themselves. */
import type { AttemptFacts, Evidence, EvidenceRecord, Finding, VerdictRule } from '@quality-hub/protocol';
import { classify } from '@quality-hub/resilience';
import { isHeldBack, wentWellLater } from '../reading/call-evidence.ts';
import { firstLine } from '../reading/error-text.ts';
import { isCallTakenElsewhere } from '../reading/taken-elsewhere.ts';
import { downSubject, remedyFor } from './outage.ts';

/** One rule per kind of evidence: its strongest record counts. */
export const callFailed = evidenceRule('call-failed', (evidence, record, facts) => {
  if (evidence.kind !== 'call' || (evidence.outcome !== 'failed' && evidence.outcome !== 'timeout')) return undefined;
  if (isHeldBack(evidence)) return undefined;
  const { dependency, operation, outcome, attempts, status, errorCode } = evidence;
  const why = status ?? errorCode;
  const isOver = wentWellLater(evidence, record, facts.evidence);
  const reason = `${operation} of ${dependency} ${outcome === 'failed' ? 'failed' : 'had no answer in time'} after ${attempts} ${attempts === 1 ? 'try' : 'tries'}${why === undefined ? '' : ` (${why})`}${isOver ? ', though a later one went well' : ''}`;
  const subject = `${dependency} ${outcome}`;
  const weight01 = isOver ? 0.3 : 0.75;
  if (isCallTakenElsewhere(facts, evidence)) return undefined;
  if (status === 401 || status === 403)
    return { verdict: 'credential', weight01, reason, remedy: `Renew the credentials for ${dependency}`, subject };
  if (status !== undefined && status < 500 && status !== 429) return undefined;
  return {
    verdict: 'environment',
    weight01,
    reason,
    remedy: `Look into the log of ${dependency} at that time`,
    subject,
  };
});

export const breakerOpened = evidenceRule('breaker-opened', evidence =>
  evidence.kind === 'breaker' && evidence.to === 'open'
    ? {
        verdict: 'environment',
        weight01: 0.75,
        reason: `The breaker of ${evidence.dependency} opened: ${evidence.reason}`,
        remedy: remedyFor(evidence.dependency),
        subject: downSubject(evidence.dependency),
      }
    : undefined,
);

export const unhealthyDependency = evidenceRule('unhealthy-dependency', evidence =>
  evidence.kind === 'health' && evidence.state !== 'healthy'
    ? {
        verdict: 'environment',
        weight01: evidence.state === 'down' ? 0.7 : 0.4,
        reason: `${evidence.feature === undefined ? `${evidence.dependency} was ${evidence.state}` : `${evidence.feature} worked less well without ${evidence.dependency}`}${evidence.detail ? ` (${evidence.detail})` : ''}`,
        remedy: remedyFor(evidence.dependency),
        subject: evidence.state === 'down' ? downSubject(evidence.dependency) : `${evidence.dependency} is degraded`,
      }
    : undefined,
);

export const leaseNotKept = evidenceRule('lease-not-kept', evidence => {
  if (evidence.kind !== 'lease' || evidence.outcome === 'granted') return undefined;
  const { resource, outcome, waitedMs, holder, detail, hadItself } = evidence;
  const isLost = outcome === 'lost';
  if (hadItself)
    return {
      verdict: 'test',
      weight01: 0.9,
      reason: `The test waited for ${resource}, and had all of it itself${detail === undefined ? '' : `: ${detail}`}`,
      remedy: `Let the test give back what it has of ${resource} before it takes more, or take fewer`,
      subject: `One test takes all of ${resource}`,
    };
  // Nobody took it: it could not be kept.
  if (isLost && detail?.includes('stood still') === true)
    return {
      verdict: 'resource',
      weight01: 0.7,
      reason: `The lease of ${resource} was lost: ${detail}`,
      remedy: 'Look at the load of the machine at that time, and for code that does not let other work run for seconds',
      subject: 'The process stood still',
    };
  if (isLost && detail?.includes('the store did not answer') === true)
    return {
      verdict: 'environment',
      weight01: 0.7,
      reason: `The lease of ${resource} was lost: ${detail}`,
      remedy: 'Look at the file or the server of the section state of the configuration',
      subject: 'the shared state cannot be used',
    };
  const who = holder === undefined || detail?.includes(holder) ? '' : `; ${holder} had it`;
  const why = detail === undefined ? '' : `: ${detail}`;
  return {
    verdict: 'interference',
    // Who has waited for the whole of its time failed of it; what is lost may have been needed no more.
    weight01: isLost ? 0.7 : 0.85,
    reason: `The lease of ${resource} was ${isLost ? 'lost' : `not given within ${waitedMs} ms`}${who}${why}`,
    remedy: isLost
      ? `Find what made this process stand still, or hold ${resource} for a shorter time`
      : `Add members to the pool of ${resource}, or hold it for a shorter time`,
    subject: `${resource} is fought over`,
  };
});

/** Work that one test does for all has failed there: what it met is told to the others in words alone. */
export const onceFailed: VerdictRule = {
  name: 'once-failed',
  judge(facts) {
    const [, said, status] = /^OnceFailedError: (.+ gave (\d{3}), expected \S+)/.exec(firstLine(facts)) ?? [];
    if (said === undefined || status === undefined) return undefined;
    const isRefused = status === '401' || status === '403';
    if (!isRefused && status !== '429' && !status.startsWith('5')) return undefined;
    return {
      rule: 'once-failed',
      verdict: isRefused ? 'credential' : 'environment',
      weight01: 0.75,
      reason: said,
      remedy: 'Look at the test that has done it: its failure has the traffic',
      subject: 'What is done once for all has failed',
    };
  },
};

export const conflictSeen = evidenceRule('conflict-seen', evidence =>
  evidence.kind === 'conflict'
    ? {
        verdict: 'interference',
        weight01: 0.88,
        reason: `Two tests wanted ${evidence.resource}: ${evidence.detail}`,
        remedy: `Give each test its own ${evidence.resource}`,
        subject: `${evidence.resource} is shared by tests`,
      }
    : undefined,
);

/** A value that had to be unique: of PostgreSQL, MySQL and SQLite. */
const UNIQUE = /^23505$|DUP_ENTRY|^SQLITE_(?:2067|1555|CONSTRAINT)/;

export const databaseTrouble = evidenceRule('database-trouble', evidence => {
  if (evidence.kind !== 'database' || evidence.errorCode === undefined) return undefined;
  const { database, operation, errorCode, message } = evidence;
  if (isHeldBack(evidence)) return undefined;
  const reason = `${operation} on ${database} failed with ${errorCode}${message ? ` (${message})` : ''}`;
  const subject = `${database} says ${errorCode}`;
  const { blame, lasting, answered } = classify({ code: errorCode });
  if (UNIQUE.test(errorCode))
    return { verdict: 'data', weight01: 0.85, reason, remedy: 'Give each record a unique value of its own', subject };
  if (blame === 'data' && lasting === 'transient')
    return {
      verdict: 'interference',
      weight01: 0.7,
      reason,
      remedy: 'Let the tests that write the same rows take turns',
      subject,
    };
  if (blame === 'credential')
    return {
      verdict: 'credential',
      weight01: 0.85,
      reason,
      remedy: `Check the user and password for ${database}`,
      subject,
    };
  // A table or a column that is not there: what was asked for and what is there do not fit.
  if (blame === 'data' || (blame === 'caller' && answered))
    return {
      verdict: 'data',
      weight01: 0.6,
      reason,
      remedy: 'Check the schema and the seed against what the test expects',
      subject,
    };
  return {
    verdict: 'environment',
    weight01: 0.75,
    reason,
    remedy: `Look into the log of ${database} at that time`,
    subject,
  };
});

export const scarceResources = evidenceRule('scarce-resources', evidence => {
  if (evidence.kind !== 'resource') return undefined;
  const { freeDiskBytes, freeMemoryBytes } = evidence;
  if (freeDiskBytes !== undefined && freeDiskBytes < 50e6)
    return {
      verdict: 'resource',
      weight01: 0.6,
      reason: `Only ${Math.round(freeDiskBytes / 1e6)} MB of disk were free`,
      remedy: 'Make room on the machine',
      subject: 'The disk is nearly full',
    };
  if (freeMemoryBytes !== undefined && freeMemoryBytes < 100e6)
    return {
      verdict: 'resource',
      weight01: 0.4,
      reason: `Only ${Math.round(freeMemoryBytes / 1e6)} MB of memory were free`,
      remedy: 'Run fewer workers, or give the machine more memory',
      subject: 'Memory is nearly full',
    };
  return undefined;
});

function evidenceRule(
  name: string,
  look: (evidence: Evidence, record: EvidenceRecord, facts: AttemptFacts) => Omit<Finding, 'rule'> | undefined,
): VerdictRule {
  return {
    name,
    judge(facts: AttemptFacts) {
      let strongest: Finding | undefined;
      for (const record of facts.evidence) {
        const found = look(record.evidence, record, facts);
        if (found && (!strongest || found.weight01 >= strongest.weight01)) strongest = { rule: name, ...found };
      }
      return strongest;
    },
  };
}
