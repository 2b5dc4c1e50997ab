/** Does nothing in every callback. It says that it prints, or Playwright would put its own `line` or `dot` before it. */
export default class EmptyReporter {
  onBegin() {}
  onTestBegin() {}
  onStepBegin() {}
  onStepEnd() {}
  onStdOut() {}
  onStdErr() {}
  onTestEnd() {}
  onError() {}
  onEnd() {}
  onExit() {}
  printsToStdio() {
    return true;
  }
}
