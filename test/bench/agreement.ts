import { arrivals } from "../../src/arrivals/index.ts";
import { predict } from "../../src/model/predict.ts";
import type { AvailableAnswer } from "../../src/scenario/answer.ts";
import { reportEdges } from "../../src/scenario/latencyRecorder.ts";
import { toScenario } from "../../src/scenario/parse.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";
import { simulateReplication } from "../../src/sim/simulate.ts";
import { studentQuantile } from "../../src/stats/studentQuantile.ts";
import { type AgreementCase, families } from "./agreementFamilies.ts";

/** One point at which model and simulator are compared. */
export interface AgreementPoint {
  readonly scenario: string;
  readonly q: number;
  readonly seconds: number;
  readonly predicted: number;
  readonly simulated: number;
  /** Standard error from the replications. */
  readonly error: number;
  /** How far the simulated share is from the predicted interval, in standard errors. */
  readonly distance: number;
}

export interface Agreement {
  readonly points: readonly AgreementPoint[];
  /** Half the width of the simultaneous band, in standard errors. */
  readonly reach: number;
  readonly outside: readonly AgreementPoint[];
  /** Scenarios that the model has no answer for, and why. */
  readonly refused: readonly string[];
}

const quantiles = [0.5, 0.9, 0.95, 0.99, 0.999];

/** The scenario with the instants of the model's own quantiles as exact counters of the simulator. */
function scenarioOf(given: AgreementCase, requests: number): { given: Scenario; predicted: AvailableAnswer } | string {
  const { arrivals: process, work, target } = given;
  const document = {
    name: "agreement",
    seed: 20,
    duration: "1h",
    arrivals: process,
    work,
    targets: { one: target },
    report: { quantiles },
  };
  const plain = toScenario(document as never);
  const first = modelOf(plain);
  if (typeof first === "string") return first;
  // A hair past each instant: on an atom, the last bit of a sum must not decide.
  const instants = first.latency.quantiles.map(({ value }) => value.value * (1 + 1e-9));
  const scenario = { ...plain, report: { ...plain.report, cdfAt: instants } };
  const predicted = modelOf(scenario);
  if (typeof predicted === "string") return predicted;
  // Closed clients have no rate of their own; the model's throughput is in its counts, over an hour.
  const rate = arrivals(scenario.arrivals).rate || (predicted.counts?.scheduled ?? 0) / 3600;
  return { given: { ...scenario, warmup: requests / rate / 50 }, predicted };
}

function modelOf(scenario: Scenario): AvailableAnswer | string {
  const target = predict(scenario).targets[0]!;
  return target.status === "unavailable" ? target.reason : target;
}

/**
 * Model against simulator: the simulated distribution function at every quantile of the model, inside one simultaneous 99 % band.
 *
 * Bonferroni over all points of all scenarios; standard errors from independent replications. Where the model states an interval,
 * the distance is from its nearer end. Same arguments, same result.
 */
export function agreement(
  cases: readonly AgreementCase[],
  options: { readonly replications: number; readonly requests: number },
  onScenario: (name: string) => void = () => {},
): Agreement {
  const { replications, requests } = options;
  const refused: string[] = [];
  const points = cases.flatMap((one): AgreementPoint[] => {
    const found = scenarioOf(one, requests);
    if (typeof found === "string") {
      refused.push(`${one.name}: ${found}`);
      return [];
    }
    const { given, predicted } = found;
    const edges = reportEdges(given.report);
    const shares = Array.from({ length: replications }, (_, replication) => {
      const { sections } = simulateReplication(given, "one", replication, { requests });
      const { bins, moments } = sections[0]!.latency;
      return given.report.cdfAt.map((at) => {
        let count = 0;
        for (let i = 0; edges[i]! <= at; i++) count += bins[i]!;
        return count / moments.count;
      });
    });
    onScenario(one.name);
    return predicted.latency.cdf.map(({ at, value }, i) => {
      const simulated = shares.reduce((sum, share) => sum + share[i]!, 0) / replications;
      const squares = shares.reduce((sum, share) => sum + (share[i]! - simulated) ** 2, 0);
      // Rare events may be missed by every replication: no error is below that of independent requests.
      const independent = (value.value * (1 - value.value)) / (replications * requests);
      const error = Math.sqrt(Math.max(independent, squares / (replications - 1) / replications));
      const away = simulated - Math.min(value.high, Math.max(value.low, simulated));
      const distance = away === 0 ? 0 : away / error;
      return { scenario: one.name, q: quantiles[i]!, seconds: at, predicted: value.value, simulated, error, distance };
    });
  });
  const reach = studentQuantile(1 - 0.01 / 2 / Math.max(1, points.length), replications - 1);
  return { points, reach, outside: points.filter(({ distance }) => !(Math.abs(distance) <= reach)), refused };
}

/** `node test/bench/agreement.ts FAMILY[,FAMILY…]|all [replications] [requests] [scenarios]`. */
if (import.meta.main) {
  const [wanted = "servers", ...sizes] = process.argv.slice(2);
  const [replications = 16, requests = 1e5, count = 60] = sizes.map(Number);
  const names = wanted === "all" ? Object.keys(families) : wanted.split(",");
  let failed = false;
  process.stdout.write("| family | scenarios | points | inside | reach | farthest | largest gap | at |\n");
  process.stdout.write("| --- | --- | --- | --- | --- | --- | --- | --- |\n");
  for (const name of names) {
    const cases = families[name]!(count);
    const { points, reach, outside, refused } = agreement(cases, { replications, requests });
    const gap = (point: AgreementPoint): number => Math.abs(point.simulated - point.predicted);
    const farthest = Math.max(0, ...points.map(({ distance }) => Math.abs(distance)));
    const widest = points.reduce((most, point) => (gap(point) > gap(most) ? point : most), points[0]!);
    const cells = [name, cases.length - refused.length, points.length, points.length - outside.length];
    const figures = [`±${reach.toFixed(2)}`, farthest.toFixed(2), gap(widest).toExponential(1)];
    process.stdout.write(`| ${[...cells, ...figures, `${widest.scenario}, q ${widest.q}`].join(" | ")} |\n`);
    for (const point of outside) process.stderr.write(`${JSON.stringify(point)}\n`);
    for (const reason of refused) process.stderr.write(`${reason}\n`);
    if (outside.length > 0 || refused.length > 0) failed = true;
  }
  process.exitCode = failed ? 1 : 0;
}
