/** Our reporter, which tells at its end how long its callbacks took. */
import { writeFileSync } from 'node:fs';
import HubReporter from '@quality-hub/reporters';

export default class TimedReporter extends HubReporter {
  async onExit() {
    await super.onExit();
    writeFileSync('callbacks.json', JSON.stringify(this.callbackReport));
  }
}
