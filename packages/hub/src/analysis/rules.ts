/** All rules, in no particular order: each looks for one thing, the judge weighs what they find. */
import type { VerdictRule } from '@quality-hub/protocol';
import { credentialRefused, credentialWords, sentToSignIn } from './rules/credentials.ts';
import { missingData, refusedInput, uniqueViolation, wrongRows } from './rules/data.ts';
import {
  dependencyHangs,
  dependencyRefused,
  dependencyReset,
  dependencyTimedOut,
  dependencyUnknown,
  slowBackEnd,
} from './rules/dependency.ts';
import {
  breakerOpened,
  callFailed,
  conflictSeen,
  databaseTrouble,
  leaseNotKept,
  onceFailed,
  scarceResources,
  unhealthyDependency,
} from './rules/fixture-evidence.ts';
import { neighbourChanged, neighbourWrote, usedUpWords } from './rules/interference.ts';
import {
  closedBehindTest,
  impossibleNeed,
  leftOpen,
  leftRecord,
  portInUse,
  sharedChanged,
} from './rules/left-behind.ts';
import { calledDuringOutage, callRefused } from './rules/outage.ts';
import { nothingShown, pageException, wrongStatus, wrongValue } from './rules/product.ts';
import {
  browserClosed,
  browserMissing,
  fullDisk,
  outOfMemory,
  pageCrash,
  runnerGone,
  tooManyFiles,
  workerDied,
} from './rules/resources.ts';
import { passedOnRetryEnvironment, passedOnRetryInterference } from './rules/retries.ts';
import { refusedThoughTaken, secretTrouble } from './rules/secrets.ts';
import { gatewayError, rateLimited, serverError, serverException } from './rules/server-answers.ts';
import { storeTrouble } from './rules/shared-store.ts';
import { staleRead } from './rules/stale-read.ts';
import {
  exceptionInTest,
  locatorNeverMatched,
  missingSnapshot,
  misuse,
  strictMode,
  unexpectedPass,
  wrongConfiguration,
  wrongUse,
} from './rules/test-code.ts';

export const VERDICT_RULES: readonly VerdictRule[] = [
  dependencyRefused,
  dependencyReset,
  dependencyUnknown,
  dependencyTimedOut,
  dependencyHangs,
  slowBackEnd,
  staleRead,
  gatewayError,
  rateLimited,
  serverError,
  serverException,
  credentialRefused,
  credentialWords,
  sentToSignIn,
  uniqueViolation,
  wrongRows,
  missingData,
  refusedInput,
  neighbourWrote,
  neighbourChanged,
  usedUpWords,
  portInUse,
  leftRecord,
  leftOpen,
  closedBehindTest,
  sharedChanged,
  impossibleNeed,
  pageCrash,
  outOfMemory,
  fullDisk,
  tooManyFiles,
  workerDied,
  browserClosed,
  browserMissing,
  runnerGone,
  strictMode,
  locatorNeverMatched,
  exceptionInTest,
  wrongConfiguration,
  wrongUse,
  storeTrouble,
  unexpectedPass,
  missingSnapshot,
  misuse,
  wrongValue,
  nothingShown,
  wrongStatus,
  pageException,
  passedOnRetryEnvironment,
  passedOnRetryInterference,
  callFailed,
  callRefused,
  calledDuringOutage,
  breakerOpened,
  unhealthyDependency,
  leaseNotKept,
  onceFailed,
  conflictSeen,
  secretTrouble,
  refusedThoughTaken,
  databaseTrouble,
  scarceResources,
];
