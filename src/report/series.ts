import type { Answer, AvailableAnswer, Engine, UnavailableAnswer } from "../scenario/answer.ts";
import { answerNames } from "./answerNames.ts";

/** How something drawn is told from the rest: its name in legends and heads, and its classes in the style sheet. */
export interface Look {
  readonly name: string;
  readonly line: string;
}

/** What one answer says about one target. */
export interface Series extends Look {
  readonly from: Engine;
  readonly seed: number;
  readonly target: AvailableAnswer;
}

/** One target as the report shows it. */
export interface TargetView {
  readonly name: string;
  readonly kind: string;
  /** In the order model, simulator, measurement; several of one engine in the order given. */
  readonly series: readonly Series[];
  readonly unavailable: readonly { readonly name: string; readonly target: UnavailableAnswer }[];
}

const order: readonly Engine[] = ["model", "sim", "import", "live"];

/** Answers turned round: from one entry per answer to one per target, targets in the order of first mention. */
export function targetViews(answers: readonly Answer[]): TargetView[] {
  const sorted = answers.toSorted((a, b) => order.indexOf(a.from) - order.indexOf(b.from));
  const names = answerNames(sorted);
  const looked = sorted.map((answer, i) => ({ ...answer, name: names[i]!, line: lineOf(sorted, i) }));
  const targets = [...new Set(answers.flatMap((answer) => answer.targets.map(({ name }) => name)))];
  return targets.map((wanted) => {
    const entries = looked.flatMap(({ from, name, line, seed, targets: all }) =>
      all.filter((target) => target.name === wanted).map((target) => ({ from, name, line, seed, target })),
    );
    return {
      name: wanted,
      kind: entries[0]?.target.kind ?? "",
      series: entries.flatMap(({ target, ...look }) => (target.status === "unavailable" ? [] : [{ ...look, target }])),
      unavailable: entries.flatMap(({ name, target }) => (target.status === "unavailable" ? [{ name, target }] : [])),
    };
  });
}

/** An engine has a line of its own; its further answers have that line thinner. Of measurements the last is the one that judges. */
function lineOf(answers: readonly Answer[], i: number): string {
  const { from } = answers[i]!;
  const others = from === "live" || from === "import" ? answers.slice(i + 1) : answers.slice(0, i);
  return `${from}${["", " again", " third"][Math.min(2, others.filter((answer) => answer.from === from).length)]}`;
}

/** The answer to believe about a target: the last measurement, else the simulator's, else the model's. */
export function bestSeries({ series }: TargetView): Series | null {
  for (const from of ["live", "sim", "import", "model"]) {
    const found = series.filter((entry) => entry.from === from);
    if (found.length > 0) return found.find(({ line }) => line === from) ?? found[0]!;
  }
  return null;
}

/** The series of that name; null where there is none. */
export const seriesOf = (series: readonly Series[], name: string | null): Series | null =>
  series.find((entry) => entry.name === name) ?? null;
