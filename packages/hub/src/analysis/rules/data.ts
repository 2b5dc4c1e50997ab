/** The data that the attempt needed was not there, or was there already. */
import type { VerdictRule } from '@quality-hub/protocol';
import { answerText, firstLine, statusMismatch } from '../reading/error-text.ts';
import { exchangesOf, isDecisive, label, originOf } from '../reading/exchanges.ts';
import { isUsedUp } from './interference.ts';

const UNIQUE =
  /unique constraint(?: failed)?|violates unique|duplicate key|duplicate entry|unique violation|SQLITE_CONSTRAINT\w*|E11000|ER_DUP_ENTRY|\b23505\b|already (?:exists|registered)|(?:name|email|login|sku|code) (?:is )?(?:already )?taken/i;
const MISSING =
  /no such (?:user|order|product|item|record|row|table|column)|does not exist|no rows|relation "\w+" does not exist|foreign key constraint|seed (?:data )?(?:is )?missing|fixture data/i;

/** Something with that name or number was there already. */
export const uniqueViolation: VerdictRule = {
  name: 'unique-violation',
  judge(facts) {
    const text = answerText(facts);
    const words = UNIQUE.exec(text)?.[0];
    const asked = statusMismatch(facts)?.expected;
    const all = exchangesOf(facts);
    const conflict = all.findLast(one => one.status === 409 && one.status !== asked && isDecisive(one, all, facts));
    if (words === undefined && (!conflict || isUsedUp(text))) return undefined;
    const where = conflict ?? all.findLast(one => one.status !== undefined && one.status >= 400);
    return {
      rule: 'unique-violation',
      verdict: 'data',
      weight01: words === undefined ? 0.6 : 0.88,
      reason: `${where ? `${label(where)} at ${originOf(where.url)} answered ${where.status}` : 'The back end refused the record'}${words ? ` ("${words}")` : ': what the test wanted to create was there already'}`,
      remedy: 'Give what the test creates a name of its own, and remove what earlier runs have left behind',
      subject: where ? `${label(where)} answered ${where.status}` : 'A record was there already',
    };
  },
};

/** A file of test data does not hold what it should. */
export const wrongRows: VerdictRule = {
  name: 'wrong-rows',
  judge(facts) {
    const [, file, said] = /^DatasetError: (\S+) (has (?:one|\d+) violations?.*)/.exec(firstLine(facts)) ?? [];
    if (file === undefined) return undefined;
    return {
      rule: 'wrong-rows',
      verdict: 'data',
      weight01: 0.9,
      reason: `${file} ${said}`,
      remedy: `Correct the rows of ${file}, or the schema that they are held against`,
      subject: `${file} has wrong rows`,
    };
  },
};

/** Something that the test takes for granted was not there. */
export const missingData: VerdictRule = {
  name: 'missing-data',
  judge(facts) {
    const text = answerText(facts);
    const words = MISSING.exec(text)?.[0];
    const asked = statusMismatch(facts)?.expected;
    const all = exchangesOf(facts);
    const missing = all.findLast(
      one => (one.status === 404 || one.status === 410) && one.status !== asked && isDecisive(one, all, facts),
    );
    if (!missing && words === undefined) return undefined;
    return {
      rule: 'missing-data',
      verdict: 'data',
      weight01: missing ? (words ? 0.75 : 0.6) : 0.6,
      reason: missing
        ? `${label(missing)} at ${originOf(missing.url)} answered ${missing.status}: what the test expects there is missing`
        : `The error says "${words}"`,
      remedy: 'Check that the data the test needs is created by it or by the seed, and that nothing removes it before',
      subject: missing ? `${label(missing)} answered ${missing.status}` : `Data is missing ("${words}")`,
    };
  },
};

/** The back end did not like what the test sent: a malformed request is the test's, an unfit one may be the data's. */
export const refusedInput: VerdictRule = {
  name: 'refused-input',
  judge(facts) {
    const asked = statusMismatch(facts)?.expected;
    const all = exchangesOf(facts);
    const refused = all.findLast(
      one =>
        [400, 402, 405, 406, 412, 415, 422].includes(one.status ?? 0) &&
        one.status !== asked &&
        isDecisive(one, all, facts),
    );
    if (!refused) return undefined;
    const isMalformed = [400, 405, 406, 415].includes(refused.status ?? 0);
    return {
      rule: 'refused-input',
      verdict: isMalformed ? 'test' : 'data',
      weight01: isMalformed ? 0.48 : 0.42,
      reason: `${label(refused)} at ${originOf(refused.url)} answered ${refused.status}: it did not accept what the test sent`,
      remedy:
        'Compare what the test sends with what the back end accepts now, and with the state of the data it refers to',
      subject: `${label(refused)} answered ${refused.status}`,
    };
  },
};
