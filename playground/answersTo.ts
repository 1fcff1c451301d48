import type { Seconds } from "../src/base/units.ts";
import { predict } from "../src/model/predict.ts";
import { statedQuantile } from "../src/report/format.ts";
import type { AvailableAnswer, TargetAnswer } from "../src/scenario/answer.ts";
import { toScenario } from "../src/scenario/parse.ts";
import { combineReplications } from "../src/sim/combine.ts";
import { simulateReplication } from "../src/sim/simulate.ts";
import { documentOf } from "./scenarioOf.ts";
import type { State } from "./state.ts";

/** A target's answer, and why it is a simulation's where the model has none. */
export interface Told {
  readonly answer: AvailableAnswer;
  readonly noModel: string | null;
}

export interface Answered {
  readonly targets: readonly Told[];
  /** What it was asked to be held against. */
  readonly objective: Seconds;
  /** Whether a longer look is still to come. */
  readonly final: boolean;
}

/** The first look goes so many requests beyond the warm-up; the second takes whole replications. */
const quickRequests = 1_000;
export const replications = 8;

/**
 * What a state's latency is: by the model, and where it has no answer, or none with a bound, by simulation; a quick answer first.
 *
 * The last answer is that of `predict` and `simulate` on the same scenario, to the last bit.
 *
 * @returns answers, and null wherever there is time to look up in between
 */
export function* answersTo(state: State): Generator<Answered | null, void> {
  const { objective } = state.values;
  const scenario = toScenario(documentOf(state));
  const predicted = predict(scenario).targets;
  const open = predicted.flatMap((target) => (whyOpen(target) === null ? [] : [target.name]));
  const quick = (target: TargetAnswer): Told => {
    if (target.status !== "unavailable") return { answer: target, noModel: null };
    const { name, reason } = target;
    const requests = Math.ceil(state.values.rate * scenario.warmup) + quickRequests;
    const result = simulateReplication(scenario, name, 0, { batches: true, requests });
    return { answer: combineReplications(scenario, name, [result]), noModel: reason };
  };
  yield { targets: predicted.map(quick), objective, final: open.length === 0 };
  if (open.length === 0) return;
  const looks = new Map<string, AvailableAnswer>();
  for (const name of open) {
    const results: ReturnType<typeof simulateReplication>[] = [];
    for (let r = 0; r < replications; r++) {
      yield null;
      results.push(simulateReplication(scenario, name, r));
    }
    looks.set(name, combineReplications(scenario, name, results));
  }
  const look = (target: TargetAnswer): Told => {
    const answer = looks.get(target.name);
    return answer === undefined ? quick(target) : { answer, noModel: whyOpen(target) };
  };
  yield { targets: predicted.map(look), objective, final: true };
}

/** Why the model's answer is not the last word; null where it is. */
function whyOpen(target: TargetAnswer): string | null {
  if (target.status === "unavailable") return target.reason;
  const p99 = statedQuantile(target, 0.99);
  return p99 !== null && p99.value < p99.high && p99.high === Infinity
    ? "its approximation has no bound at the p99"
    : null;
}
