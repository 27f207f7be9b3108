/**
 * Writes what failed, and what passed only when tried again, to the file that `HOLLER_SUMMARY` names: `npm test` repeats
 * it at the very end, where it is found.
 */
import { appendFileSync } from 'node:fs';
import type { Reporter, TestCase, TestModule } from 'vitest/node';

export default class SummaryReporter implements Reporter {
  private readonly file = process.env['HOLLER_SUMMARY'];

  onTestCaseResult(test: TestCase): void {
    const result = test.result();
    const errors = (result.errors ?? []).map(({ message }) => message);
    if (result.state === 'failed') this.write('FAILED', test, errors);
    else if (test.diagnostic()?.flaky) this.write('passed when tried again', test, errors);
  }

  onTestModuleEnd(module: TestModule): void {
    // A suite's own hooks and imports: no test says that they failed.
    const suites = [...module.children.allSuites()].flatMap((suite) => suite.errors());
    const errors = [...module.errors(), ...suites].map(({ message }) => message);
    if (errors.length > 0) this.write('FAILED', module, errors);
  }

  private write(what: string, where: TestCase | TestModule, errors: readonly string[]): void {
    if (this.file === undefined) return;
    const name = where.type === 'module' ? '' : ` > ${where.fullName}`;
    const module = where.type === 'module' ? where : where.module;
    const lines = [
      `${what}: ${module.relativeModuleId}${name}`,
      ...errors.map((text) => `    ${short(text)}`),
    ];
    appendFileSync(this.file, `${lines.join('\n')}\n`);
  }
}

const short = (text: string): string => text.replaceAll('\n', '\n    ').slice(0, 1_500);
