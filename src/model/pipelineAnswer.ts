import { arrivals, isSingle } from "../arrivals/index.ts";
import type { PerSecond } from "../base/units.ts";
import { type DistributionSpec, distribution } from "../distributions/index.ts";
import { type AvailableAnswer, exactly, type TargetAnswer } from "../scenario/answer.ts";
import {
  type FunctionStage,
  isFunctionStage,
  type PipelineSpec,
  type ProduceStage,
  type StageSpec,
} from "../scenario/pipeline.ts";
import type { Scenario, TargetSpec } from "../scenario/scenario.ts";
import type { AddedTime } from "./addedTime.ts";
import { assembled, neverCold } from "./assembled.ts";
import { erlangC } from "./erlangC.ts";
import { consumerTimes, delayTime, produceTimes, type StageTime } from "./stageTimes.ts";
import { sumOfTimes } from "./sumOfTimes.ts";
import { inOnePart, noTime } from "./sumTime.ts";
import { unavailable } from "./unavailable.ts";
import { widened } from "./widened.ts";

type AnswerOf = (scenario: Scenario, target: TargetSpec, others: readonly AddedTime[]) => TargetAnswer;

/**
 * The answer for stages in series: that of the function among them, with the times of the other stages added as independent.
 *
 * @param answerOf the model of one target
 * @see Burke 1956 and Reich 1957 (`pipelineLaw`) for when they are
 */
export function pipelineAnswer(scenario: Scenario, target: PipelineSpec, answerOf: AnswerOf): TargetAnswer {
  const { poisson, finite } = arrivals(scenario.arrivals);
  if (target.timeout !== Infinity) return unavailable(target, "model: timeouts are not built yet; simulate it");
  if (finite) return unavailable(target, "model: finite arrivals have no steady state; simulate it");
  if (poisson === undefined || !isSingle(poisson.batch)) {
    return unavailable(target, "model: pipelines are built for Poisson arrivals one by one only; simulate it");
  }
  const functions = target.stages.filter(isFunctionStage);
  const reason = notCovered(target, functions);
  if (reason !== null) return unavailable(target, reason);
  const stages = timesOf(target, scenario.work, poisson.rate);
  if (typeof stages === "string") return unavailable(target, stages);
  const own = [target.network, target.requestOverhead].map((law) => delayTime(distribution(law)));
  const times = [...own, ...stages.times];
  if (times.some(({ time }) => time.transform === undefined)) {
    return unavailable(target, "model: one of the distributions has no known transform; simulate it");
  }
  const [stage] = functions;
  if (stage === undefined) return withoutFunction(scenario, target, times, stages.spoilt);
  const { work, ...fields } = stage;
  const ownWork = work !== undefined && !("on" in work);
  const inner = {
    ...fields,
    workFactor: ownWork ? stage.workFactor : stage.workFactor * target.workFactor,
  } as TargetSpec;
  const given = { ...scenario, ...(ownWork && { work }) };
  const answer = answerOf(
    given,
    inner,
    // Where independence is an assumption, jumps that the others smooth out need no care of their own.
    times.map(({ time }) => (stages.spoilt.length > 0 && partsOf(times) > mostParts ? inOnePart(time) : time)),
  );
  const named = { name: target.name, kind: target.kind };
  if (answer.status === "unavailable" || !answer.stable) return { ...answer, ...named };
  const line = lineBefore(target, stage, { answer, times, rate: poisson.rate });
  if (typeof line === "string") return unavailable(target, line);
  const reasons = [...stages.spoilt, ...line];
  return {
    ...answer,
    ...named,
    ...standing(answer, reasons),
    latency: reasons.length > 0 ? widened(answer.latency, assumedError) : answer.latency,
    breakdown: breakdownOf(answer, times),
  };
}

/** What taking the stages as independent was seen to err in the distribution function, against the simulator. */
const assumedError = 0.05;
/** More products of delays than this are not split where the law is an approximation anyway. */
const mostParts = 16;

const partsOf = (times: readonly StageTime[]): number =>
  times.reduce((count, { time }) => count * (time.transform?.length ?? 1), 1);

function notCovered({ stages }: PipelineSpec, functions: readonly FunctionStage[]): string | null {
  const cold = functions.filter(isCold).map(({ name }) => name);
  if (cold.length > 1) {
    return (
      `model: ${cold.join(" and ")} can both be cold, and two cold stages in series are not independent: ` +
      "multiplying their laws was off by 45 % in the mean; simulate it"
    );
  }
  if (functions.length > 1) return "model: pipelines are built for one function; simulate it";
  const [stage] = functions;
  if (stage?.work !== undefined && "on" in stage.work) return "model: work on a GPU is not built; simulate it";
  const trigger = stages.find((of) => of.kind === "trigger");
  if (trigger?.kind === "trigger" && trigger.retries !== undefined) {
    return "model: triggers that retry are not built; simulate it";
  }
  return null;
}

const isCold = (stage: FunctionStage): boolean =>
  stage.kind === "knative" || ("keepAlive" in stage && stage.keepAlive !== "forever");

/** What the stages add, in order, and why those that are queues are not independent of what came before them. */
interface Stages {
  readonly times: readonly StageTime[];
  readonly spoilt: readonly string[];
}

function timesOf({ stages }: PipelineSpec, scheduled: DistributionSpec, rate: PerSecond): Stages | string {
  const times: StageTime[] = [];
  const spoilt = new Set<string>();
  const spoils = new Set<string>();
  let topic: ProduceStage | null = null;
  for (const [at, stage] of stages.entries()) {
    if (isFunctionStage(stage)) {
      if (isLine(stage)) for (const reason of spoils) spoilt.add(reason);
      if (!passesOn(stage, scheduled)) spoils.add(`${stage.name} does not pass requests on as they come`);
      continue;
    }
    if (stage.kind === "produce") topic = stage;
    if (stage.kind === "aggregator" && stage.transaction !== undefined) {
      return `model: transactions of ${stage.name} are not built; simulate it`;
    }
    const found =
      stage.kind === "delay"
        ? [delayTime(distribution(stage.time))]
        : stage.kind === "produce"
          ? produceTimes(stage, rate, !servesBatches(stages[at + 1]))
          : consumerTimes(stage, {
              work: distribution(stage.kind === "trigger" ? { kind: "deterministic", value: 0 } : stage.work),
              produce: topic!,
              rate,
            });
    if (typeof found === "string") return found;
    for (const time of found) {
      if (time.inLine) for (const reason of spoils) spoilt.add(reason);
      if (time.spoils !== null && !leavesPoisson(stage)) spoils.add(time.spoils);
      times.push(time);
    }
  }
  return { times, spoilt: [...spoilt] };
}

/** Consumers that work see records that lingered together one behind the other. */
const servesBatches = (stage: StageSpec | undefined): boolean =>
  (stage?.kind === "aggregator" || stage?.kind === "collector") && distribution(stage.work).mean > 0;

/** A queue M/M/1 that never sleeps has an output like its input. */
const leavesPoisson = (stage: StageSpec): boolean =>
  stage.kind === "aggregator" && stage.work.kind === "exponential" && distribution(stage.fetch).mean === 0;

/** Whether requests wait for each other in a function, so that the times at which they come matter. */
const isLine = (stage: FunctionStage): boolean => !(stage.kind === "spinkube" && stage.workIs === "io");

/** Whether requests leave a function as a Poisson process, whatever they met in it. */
const passesOn = (stage: FunctionStage, scheduled: DistributionSpec): boolean => {
  if (!isLine(stage)) return true;
  const work = stage.work === undefined || "on" in stage.work ? scheduled : stage.work;
  return isOneServer(stage) && stage.keepAlive === "forever" && work.kind === "exponential";
};

const isOneServer = (stage: FunctionStage): stage is FunctionStage & { readonly kind: "server" } =>
  stage.kind === "server" && stage.servers * stage.concurrency === 1 && stage.queueLimit === Infinity;

/** A trigger's own line: where its calls in flight reach their limit. A string says why there is no formula. */
function lineBefore(
  { stages }: PipelineSpec,
  stage: FunctionStage,
  {
    answer,
    times,
    rate,
  }: { readonly answer: AvailableAnswer; readonly times: readonly StageTime[]; readonly rate: PerSecond },
): readonly string[] | string {
  const at = stages.indexOf(stage as (typeof stages)[number]);
  const trigger = stages[at - 1];
  if (trigger?.kind !== "trigger") return [];
  const topic = stages[at - 2] as ProduceStage;
  const members = Math.min(topic.partitions, trigger.consumers);
  const held = answer.latency.mean.value - times.reduce((sum, { time }) => sum + time.mean, 0);
  const offeredLoad = ((rate * Math.ceil(topic.partitions / members)) / topic.partitions) * held;
  const waits = erlangC({ offeredLoad, servers: trigger.inFlight });
  // In front of one server it is the same line, only in two places.
  if (waits <= 1e-6) return [];
  if (isOneServer(stage)) return members === 1 ? [] : [`${trigger.name} keeps a line of its own for every consumer`];
  if (waits <= 0.01) return [`${trigger.name} keeps a request waiting with probability ${waits.toPrecision(2)}`];
  return `model: ${trigger.name} reaches its limit of calls in flight (a request waits with probability ${waits.toPrecision(2)}); simulate it`;
}

/** Independence is a theorem or an assumption; which one is said. */
function standing(
  answer: AvailableAnswer,
  spoilt: readonly string[],
): Pick<AvailableAnswer, "status" | "method" | "reason"> {
  const method = `stages in series, their transforms multiplied; the function: ${answer.method}`;
  if (spoilt.length === 0) return { status: answer.status, method, ...(answer.reason && { reason: answer.reason }) };
  const assumed = `stages are taken as independent, which they are not: ${spoilt.join("; ")} (measured errors: docs/model.md)`;
  return {
    status: "approximate",
    method,
    reason: answer.reason === undefined ? assumed : `${answer.reason}; ${assumed}`,
  };
}

/** Waiting in the stages is queueing, and the rest of them network, as in the simulator. */
function breakdownOf({ breakdown }: AvailableAnswer, times: readonly StageTime[]): AvailableAnswer["breakdown"] {
  const queue = times.reduce((sum, time) => sum + time.queue, 0);
  return {
    ...breakdown,
    network: exactly(breakdown.network.value - queue),
    queue: exactly(breakdown.queue.value + queue),
  };
}

/** Stages with nothing that serves: a sum of times. */
function withoutFunction(
  scenario: Scenario,
  target: PipelineSpec,
  times: readonly StageTime[],
  spoilt: readonly string[],
): TargetAnswer {
  const answer = assembled(scenario, target, {
    method: "a sum of independent times",
    status: "exact",
    law: sumOfTimes([{ weight: 1, times: times.map(({ time }) => time), own: noTime }]),
    added: times.map(({ time }) => time),
    meanCold: 0,
    cold: neverCold,
    instances: { total: exactly(0), starting: null, ready: null, busy: null, idle: null },
  });
  return { ...answer, ...standing(answer, spoilt), breakdown: breakdownOf(answer, times) };
}
