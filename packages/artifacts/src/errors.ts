/** All errors of the package. */
import { QualityHubError } from '@quality-hub/protocol';

/** A zip file cannot be read or written as one (`QH_ARCHIVE`): damaged, encrypted, or of a kind that nobody writes here. */
export class ArchiveError extends QualityHubError {
  constructor(path: string, reason: string, cause?: unknown) {
    super(`${path} is no zip file that can be read: ${reason}`, {
      code: 'QH_ARCHIVE',
      hint: 'A run that was killed leaves half of a file; record it again, or remove it',
      cause,
    });
  }
}

/** There is no time left for more (`QH_OUT_OF_TIME`); what was begun is as it was. */
export class OutOfTimeError extends QualityHubError {
  constructor(budgetMs: number) {
    super(`The ${budgetMs} ms for it were over`, {
      code: 'QH_OUT_OF_TIME',
      hint: 'Give it more time, or record fewer traces',
    });
  }
}
