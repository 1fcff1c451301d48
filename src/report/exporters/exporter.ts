import type { Answer, AvailableAnswer, Engine } from "../../scenario/answer.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import type { Comparison } from "../compare.ts";

/** What a report is made of. */
export interface Reported {
  readonly scenario: Scenario;
  readonly answers: readonly Answer[];
  /** Null where there is no measurement to judge by. */
  readonly comparison: Comparison | null;
}

export interface Exporter {
  /** What `--as` says. */
  readonly format: string;
  readonly describes: string;
  /** @throws {InputError} where the format cannot hold what there is */
  write(reported: Reported): string | Uint8Array;
}

/** Every target that an answer has figures of, with the engine that gave them. */
export function figuresOf({
  answers,
}: Reported): readonly { readonly from: Engine; readonly target: AvailableAnswer }[] {
  return answers.flatMap(({ from, targets }) =>
    targets.flatMap((target) => (target.status === "unavailable" ? [] : [{ from, target }])),
  );
}
