/** The public names that run anywhere, browsers included: no sockets, files or clocks behind them. */

export { type ArrivalProcess, type ArrivalsSpec, arrivals } from "./arrivals/index.ts";
export { ConvergenceError, InputError, type Issue, ScenarioError, TargetError } from "./base/check.ts";
export { formatDuration, type PerSecond, parseDuration, parseRate, type Seconds } from "./base/units.ts";
export { version } from "./base/version.ts";
export { type Distribution, type DistributionSpec, distribution } from "./distributions/index.ts";
export { type Assumptions, assumptionsFor, type Claim, claim } from "./model/assumptions.ts";
export { type Goal, goal } from "./model/goal.ts";
export { pipelineLaw, type Stage } from "./model/pipelineLaw.ts";
export { predict } from "./model/predict.ts";
export { type Sensitivity, sensitivities } from "./model/sensitivity.ts";
export { type Solution, solveFor } from "./model/solveFor.ts";
export { type Comparison, compare } from "./report/compare.ts";
export { reportHtml } from "./report/html.ts";
export { answerFromJson, answerToJson } from "./report/json.ts";
export { type Outlook, outlook } from "./report/outlook/outlook.ts";
export { comparisonTable } from "./report/table.ts";
export type {
  Answer,
  AvailableAnswer,
  Estimate,
  LatencyAnswer,
  TargetAnswer,
  UnavailableAnswer,
} from "./scenario/answer.ts";
export { scenarioYaml, toDocument } from "./scenario/document.ts";
export { parseScenario, toScenario } from "./scenario/parse.ts";
export type { Scenario, TargetSpec } from "./scenario/scenario.ts";
export { collectSchedule, parseScheduleCsv, type Schedule, schedule, scheduleCsvLines } from "./scenario/schedule.ts";
export type { ScenarioDocument } from "./scenario/schema/document.ts";
export { type Density, type DensityGoal, density } from "./sim/density.ts";
export { simulate } from "./sim/simulate.ts";
export { Histogram } from "./stats/histogram.ts";
export { meanBounds } from "./stats/meanBounds.ts";
