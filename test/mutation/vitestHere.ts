// What a test file gets as "vitest" while mutants run: Vitest's own `expect`, and a list of tests in place of its runner.
// A start of Vitest per mutant takes a second; this takes the time of the tests.

export { expect } from "vitest";

export interface ListedTest {
  /** Unique within its file. */
  readonly name: string;
  readonly run: () => unknown;
}

type Body = (...values: never[]) => unknown;

let tests: ListedTest[] = [];
let path: string[] = [];

/** The tests that `load` declares, by importing a test file. */
export async function listedBy(load: () => Promise<unknown>): Promise<readonly ListedTest[]> {
  tests = [];
  path = [];
  await load();
  return tests;
}

function add(title: string, run: () => unknown): void {
  const name = [...path, title].join(" > ");
  const earlier = tests.filter((test) => test.name === name || test.name.startsWith(`${name} #`)).length;
  tests.push({ name: earlier === 0 ? name : `${name} #${earlier + 1}`, run });
}

function group(title: string, body: () => void): void {
  path.push(title);
  body();
  path.pop();
}

/** A table's rows one by one, as Vitest does: a row that is an array becomes the arguments. */
const each =
  (one: (title: string, body: () => void) => void) => (rows: readonly unknown[]) => (title: string, body: Body) => {
    for (const [i, row] of rows.entries()) {
      const values = Array.isArray(row) ? row : [row];
      one(`${title} [${i}]`, () => body(...(values as never[])));
    }
  };

export const it = Object.assign(add, { each: each(add) });
export const describe = Object.assign(group, { each: each(group) });

/** In these suites it only prints what was counted. */
export const afterAll = (): void => {};
