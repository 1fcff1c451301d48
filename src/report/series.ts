import type { Answer, AvailableAnswer, Engine, UnavailableAnswer } from "../scenario/answer.ts";

/** What one engine says about one target; the engine's name is also its class in the style sheet. */
export interface Series {
  readonly from: Engine;
  readonly target: AvailableAnswer;
}

/** One target as the report shows it. */
export interface TargetView {
  readonly name: string;
  readonly kind: string;
  /** In the order model, simulator, measurement. */
  readonly series: readonly Series[];
  readonly unavailable: readonly { readonly from: Engine; readonly target: UnavailableAnswer }[];
}

const order: readonly Engine[] = ["model", "sim", "import", "live"];

/** Answers turned round: from one entry per engine to one per target, targets in the order of first mention. */
export function targetViews(answers: readonly Answer[]): TargetView[] {
  const sorted = answers.toSorted((a, b) => order.indexOf(a.from) - order.indexOf(b.from));
  const names = [...new Set(answers.flatMap(({ targets }) => targets.map(({ name }) => name)))];
  return names.map((name) => {
    const entries = sorted.flatMap(({ from, targets }) =>
      targets.filter((target) => target.name === name).map((target) => ({ from, target })),
    );
    return {
      name,
      kind: entries[0]?.target.kind ?? "",
      series: entries.flatMap(({ from, target }) => (target.status === "unavailable" ? [] : [{ from, target }])),
      unavailable: entries.flatMap(({ from, target }) => (target.status === "unavailable" ? [{ from, target }] : [])),
    };
  });
}

/** The engine to believe about a target: the measurement, else the simulator, else the model. */
export function bestSeries({ series }: TargetView): Series | null {
  for (const from of ["live", "sim", "import", "model"]) {
    const found = series.find((entry) => entry.from === from);
    if (found !== undefined) return found;
  }
  return null;
}
