/**
 * The precondition of a public function.
 *
 * Write conditions so that NaN fails them (`x >= 0`, not `!(x < 0)`).
 *
 * @throws {RangeError} `where: rule, got value` when the condition is false
 * @example
 * check(2 > 1, "erlangC", "servers must be an integer ≥ 1", 2)
 */
export function check(condition: boolean, where: string, rule: string, value: unknown): asserts condition {
  if (!condition) throw new RangeError(`${where}: ${rule}, got ${String(value)}`);
}

/** A fact the code relies on; a failure is a bug in coldcast and is never caught. */
export function invariant(condition: boolean, why: string): asserts condition {
  if (!condition) throw new Error(`coldcast bug: ${why}`);
}

/** One thing wrong with a document a user wrote, with its place when that is known. */
export interface Issue {
  /** Where in the document: `targets.faas.podStart`, or `line 3` of a table. */
  readonly path: string;
  /** What is wrong and what to write, in one sentence without a full stop. */
  readonly message: string;
  /** One-based. */
  readonly line?: number;
  /** One-based. */
  readonly column?: number;
}

/** A document (scenario, schedule, answer, outcome log) or an argument that cannot be used; lists every issue at once. */
export class InputError extends Error {
  readonly file: string;
  readonly issues: readonly Issue[];

  constructor(file: string, issues: readonly Issue[]) {
    super(issues.map((issue) => describeIssue(file, issue)).join("\n"));
    this.name = "InputError";
    this.file = file;
    this.issues = issues;
  }
}

/** An `InputError` of a scenario document. */
export class ScenarioError extends InputError {
  constructor(file: string, issues: readonly Issue[]) {
    super(file, issues);
    this.name = "ScenarioError";
  }
}

/** A solver that did not reach its tolerance. */
export class ConvergenceError extends Error {
  readonly iterations: number;
  readonly residual: number;

  constructor(where: string, { iterations, residual }: { readonly iterations: number; readonly residual: number }) {
    super(`${where}: no convergence after ${iterations} iterations, residual ${residual}`);
    this.name = "ConvergenceError";
    this.iterations = iterations;
    this.residual = residual;
  }
}

/** A deployment, broker or host that cannot be reached or refused. */
export class TargetError extends Error {
  readonly target: string;
  readonly retriable: boolean;

  constructor(
    target: string,
    message: string,
    { retriable, cause }: { readonly retriable: boolean; readonly cause?: unknown },
  ) {
    super(`${target}: ${message}`, { cause });
    this.name = "TargetError";
    this.target = target;
    this.retriable = retriable;
  }
}

function describeIssue(file: string, { path, message, line, column }: Issue): string {
  const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`;
  return shown(path === "" ? `${place}: ${message}` : `${place}: ${path}: ${message}`);
}

/** Longer, and a line is the document's own text thrown back. */
const shownMax = 2000;

/** One line that a terminal shows as it is: what a document holds cannot move its cursor, colour it or turn its text round. */
function shown(text: string): string {
  const line = text.length > shownMax ? `${text.slice(0, shownMax)} …` : text;
  return line.replace(unshowable, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

const unshowable = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;
