/** All errors of the ledger. */
import { errorSentence, QualityHubError } from '@quality-hub/protocol';

/** The ledger could not be written (`QH_DATA_LEDGER`): nothing is created then, since nobody would remove it. */
export class LedgerError extends QualityHubError {
  constructor(message: string, cause: unknown) {
    super(`${message}: the ledger cannot be written (${errorSentence(cause)})`, {
      code: 'QH_DATA_LEDGER',
      hint: 'What is not in the ledger is not removed when its worker is killed; see `state` in the configuration',
      cause,
    });
  }
}
