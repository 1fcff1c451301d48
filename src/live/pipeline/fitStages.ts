import type { Seconds } from "../../base/units.ts";
import type { DistributionSpec } from "../../distributions/index.ts";
import type { AggregatorStage, PipelineSpec, ProduceStage, StageSpec, TriggerStage } from "../../scenario/pipeline.ts";
import type { TargetSpec } from "../../scenario/scenario.ts";
import { fitTimes } from "../../stats/fit.ts";
import type { Fit } from "../calibrate.ts";
import { parametersOf } from "../fitStarts.ts";
import { OutcomeLog } from "../outcomes.ts";
import { completedRows } from "../unhindered.ts";
import { functionSpec, inFlightPerPartition } from "./functionSpec.ts";
import type { StageLog } from "./stageLog.ts";

/** With fewer times than this of events that waited for nobody, all are taken. */
const enoughAlone = 20;
const nothing: DistributionSpec = { kind: "deterministic", value: 0 };

/** A function as a target of its own, fitted to the calls that the trigger made. */
export type FitFunction = (
  target: TargetSpec,
  log: OutcomeLog,
) => { readonly target: TargetSpec; readonly fits: readonly Fit[] };

/** When one event was where, in seconds of the schedule. */
interface Passage {
  readonly row: number;
  readonly due: Seconds;
  readonly appended: Seconds;
  readonly enriched: Seconds;
  readonly read: Seconds;
  readonly dispatched: Seconds;
  readonly answered: Seconds;
}

/**
 * The stages of a pipeline fitted to a run of it through Kafka, each by the times that say most of it alone:
 *
 * - a producer's `send`: from the instant an event was due (or enriched) until the topic had it (or it could be read);
 * - the aggregator's `fetch`: events that came when no earlier one was still being written;
 * - its `transaction`: from one event to the next that came while the first was being written, less the fetch;
 * - the trigger's `fetch`: events that found hands free;
 * - the function: as a target of its own, from the calls alone.
 *
 * What the run did not have is set to nothing: linger, the aggregator's work (it is part of the fetch), the network.
 */
export function fitStages(
  target: PipelineSpec,
  { log, stages: times }: { readonly log: OutcomeLog; readonly stages: StageLog },
  fitFunction: FitFunction,
): { readonly target: PipelineSpec; readonly fits: Fit[] } {
  const [raw, aggregator, enriched, trigger, called] = target.stages as readonly [
    ProduceStage,
    AggregatorStage,
    ProduceStage,
    TriggerStage,
    StageSpec,
  ];
  const passages = passagesOf(log, times);
  const fits: Fit[] = [];
  const fit = (part: string, values: readonly Seconds[], note: string): DistributionSpec => {
    const known = values.map((value) => Math.max(0, value));
    const { law, n, ks, note: quality } = fitTimes(known.length === 0 ? [0] : known);
    const parameters = parametersOf(law);
    fits.push({ target: target.name, part, family: law.kind, parameters, n, ks, note: `${note}; ${quality}` });
    return law;
  };
  const send = fit(
    `${raw.name}.send`,
    passages.map(({ due, appended }) => appended - due),
    "all events",
  );
  const alone = enough(passages.filter(comesAlone()), passages);
  const waits = alone.map((event) => event.enriched - event.appended);
  const fetch = fit(`${aggregator.name}.fetch`, waits, "events that came when none was being written");
  const turns = turnsOf(passages, median(waits));
  const transaction =
    turns.length < enoughAlone
      ? fit(
          `${aggregator.name}.transaction`,
          alone.map((event) => event.read - event.enriched),
          "until it was read",
        )
      : fit(`${aggregator.name}.transaction`, turns, "from one event to the next that waited for it, less the fetch");
  const published = passages.map((event) => event.read - event.enriched);
  const publish = fit(`${enriched.name}.send`, published, "all events, until they could be read");
  const free = enough(passages.filter(findsHands(passages, inFlightPerPartition(target)!)), passages);
  const taken = free.map((event) => event.dispatched - event.read);
  const dispatch = fit(`${trigger.name}.fetch`, taken, "events that found hands free");
  const { stage, fits: own } = functionOf(target, called, functionLog(log, passages), fitFunction);
  const stages: StageSpec[] = [
    { ...raw, linger: 0, send },
    { ...aggregator, work: nothing, fetch, transaction },
    { ...enriched, linger: 0, send: publish },
    { ...trigger, fetch: dispatch },
    stage,
    ...target.stages.slice(5),
  ];
  return { target: { ...target, workFactor: 1, network: nothing, stages }, fits: [...fits, ...own] };
}

/** Of the events that completed, in the order of their coming. */
function passagesOf(log: OutcomeLog, times: StageLog): Passage[] {
  const rows = completedRows(log).filter((row) => !Number.isNaN(times.function[row]!));
  return rows
    .map((row): Passage => {
      const due = log.at[row]!;
      const appended = due + times.produce[row]!;
      const enriched = appended + times.aggregate[row]!;
      const read = enriched + times.publish[row]!;
      const dispatched = read + times.trigger[row]!;
      return { row, due, appended, enriched, read, dispatched, answered: dispatched + times.function[row]! };
    })
    .sort((a, b) => a.appended - b.appended);
}

/** Whether an event came when all before it could be read, so that no transaction held it up; asked in their order. */
function comesAlone(): (event: Passage) => boolean {
  let busyUntil = Number.NEGATIVE_INFINITY;
  return ({ appended, read }) => {
    const isAlone = appended > busyUntil;
    busyUntil = Math.max(busyUntil, read);
    return isAlone;
  };
}

/**
 * How long transactions hold up the next fetch: from the event that one was begun with to the first that came soon
 * after, and so was certain to wait for its end.
 */
function turnsOf(passages: readonly Passage[], fetch: Seconds): Seconds[] {
  const order = passages.toSorted((a, b) => a.enriched - b.enriched);
  const soon = median(passages.map(({ enriched, read }) => read - enriched)) / 2;
  const turns: Seconds[] = [];
  let first = order[0];
  for (const event of order) {
    // What the same fetch brought is written in the same moment.
    if (first === undefined || event.enriched - first.enriched < sameMoment) continue;
    const wait = event.appended - first.enriched;
    if (wait >= 0 && wait < soon) turns.push(event.enriched - first.enriched - fetch);
    first = event;
  }
  return turns;
}

const sameMoment: Seconds = 0.001;

/** Whether fewer events were under way than a partition alone may have. */
function findsHands(passages: readonly Passage[], inFlight: number): (event: Passage) => boolean {
  const starts = passages.map(({ read }) => read).sort((a, b) => a - b);
  const ends = passages.map(({ answered }) => answered).sort((a, b) => a - b);
  return ({ read }) => countBelow(starts, read) - countBelow(ends, read) < inFlight;
}

/** Entries of a sorted list below a value. */
function countBelow(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

const enough = (chosen: readonly Passage[], all: readonly Passage[]) => (chosen.length < enoughAlone ? all : chosen);

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

/** The calls as a log of their own: what the function would have been measured at without a pipeline before it. */
function functionLog(log: OutcomeLog, passages: readonly Passage[]): OutcomeLog {
  const order = passages.toSorted((a, b) => a.dispatched - b.dispatched);
  const calls = new OutcomeLog({
    at: Float64Array.from(order, ({ dispatched }) => dispatched),
    work: Float64Array.from(order, ({ row }) => log.work[row]!),
  });
  for (const [i, { row, dispatched, answered }] of order.entries()) {
    calls.copyRow(i, log, row);
    calls.lateness[i] = 0;
    calls.latency[i] = answered - dispatched;
    if (log.cold[row] !== -1) calls.cold[i] = log.instanceStarted[row]! > dispatched ? 1 : 0;
  }
  return calls;
}

function functionOf(target: PipelineSpec, stage: StageSpec, calls: OutcomeLog, fitFunction: FitFunction) {
  const { target: fitted, fits } = fitFunction(functionSpec(target), calls);
  const named = { ...fitted, name: stage.name } as StageSpec;
  return { stage: named, fits: fits.map((fit) => ({ ...fit, part: `${stage.name}.${fit.part}` })) };
}
