import type { Reporter, TestModule } from 'vitest/node'

/** Ends a test run with one plain line that any tool can read: `N passed, N failed`. */
export const closingLine: Reporter = {
  onTestRunEnd(testModules: readonly TestModule[], unhandledErrors: readonly unknown[]) {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0, pending: 0 }
    for (const testModule of testModules) {
      for (const test of testModule.children.allTests()) count[test.result().state]++
      // A hook that fails takes its whole suite along, which then counts as skipped.
      count.failed += testModule.errors().length
      for (const suite of testModule.children.allSuites()) count.failed += suite.errors().length
    }
    // After the reporter that prints the details.
    process.once('exit', () => process.stdout.write(`${count.passed} passed, ${count.failed} failed\n`))
  },
}
