// A vitest reporter that prints the conformance table as a report: each row with its section, its demand and the verdict.

const mark = (state) => (state === 'passed' ? 'pass' : state === 'failed' ? 'FAIL' : 'skip');

export default class ConformanceReporter {
  #rows = [];
  #others = new Map();
  #failures = [];

  onTestCaseResult(test) {
    const { state, errors } = test.result();
    const cells = test.name.split(' | ');
    if (cells.length === 5) this.#rows.push([...cells, state]);
    else {
      const group = test.parent.type === 'suite' ? test.parent.name : test.module.relativeModuleId;
      this.#others.set(group, [...(this.#others.get(group) ?? []), [test.name, state]]);
    }
    if (state === 'failed') this.#failures.push(`${test.name}\n    ${errors?.[0]?.message ?? ''}`);
  }

  onTestRunEnd() {
    for (const [group, tests] of this.#others) {
      console.log(`\n${group}`);
      for (const [name, state] of tests) console.log(`  ${mark(state)}  ${name}`);
    }
    // Rows end in any order; their ids say where they belong.
    let last;
    for (const [id, rfc, group, stimulus, demand, state] of this.#sorted()) {
      if (group !== last) console.log(`\n${group}`);
      last = group;
      console.log(`  ${mark(state)}  ${id}  ${rfc.padEnd(22)}  ${stimulus} -> ${demand}`);
    }
    if (this.#failures.length > 0) console.log(`\nFailed:\n  ${this.#failures.join('\n  ')}`);
    console.log('');
  }

  #sorted() {
    return this.#rows.sort(([one], [other]) => one.localeCompare(other));
  }
}
