import { durationText, rateText } from "../src/scenario/quantityText.ts";
import type { ScenarioDocument } from "../src/scenario/schema/document.ts";
import type { State } from "./state.ts";

type Targets = ScenarioDocument["targets"];
type Values = State["values"];

/** Bursts take this share of the time. */
const burstShare = 0.1;
const warmup = 60;
/** A simulated run is long enough for so many requests, within these bounds. */
const requests = 4_000;
const [shortest, longest] = [30, 7_200];

/** The scenario that a state asks about, as a file would hold it; lengths are of a simulation that answers at once. */
export function documentOf({ choice, values }: State): ScenarioDocument {
  const measured = Math.ceil(Math.min(longest, Math.max(shortest, requests / values.rate)));
  return {
    name: "playground",
    duration: durationText(warmup + measured),
    warmup: durationText(warmup),
    arrivals: arrivalsOf(values),
    work:
      values.scv === 0
        ? durationText(values.work)
        : { kind: "lognormal", mean: durationText(values.work), scv: values.scv },
    network: durationText(values.network),
    targets: targetsOf[choice](values),
    report: { quantiles: [0.5, 0.9, 0.99, 0.999], objective: durationText(values.objective) },
  } as ScenarioDocument;
}

/** Poisson, or bursts of a Poisson process that keep its mean rate. */
function arrivalsOf({ rate, peak, burst }: Values): ScenarioDocument["arrivals"] {
  if (peak === 1) return { kind: "poisson", rate: rateText(rate) };
  const between = (1 - burstShare * peak) / (1 - burstShare);
  const ends = 1 / burst;
  const begins = (ends * burstShare) / (1 - burstShare);
  const text = (perSecond: number) => rateText(Number(perSecond.toPrecision(6)));
  return {
    kind: "mmpp",
    rates: [text(rate * peak), text(rate * between)],
    switching: [
      [0, text(ends)],
      [text(begins), 0],
    ],
  };
}

const waas = (values: Values): Targets => ({
  waas: {
    kind: "spinkube",
    replicas: values.waasReplicas,
    instanceStart: durationText(values.instanceStart),
    workFactor: values.workFactor,
    maxInstanceCount: values.instancesMax,
  },
});

const faas = (values: Values): Targets => ({
  faas: {
    kind: "knative",
    podStart: { kind: "lognormal", mean: durationText(values.podStart), scv: 0.1 },
    containerConcurrency: values.containerConcurrency,
    minScale: values.minScale,
    // A minimum above the maximum is no scenario: the higher word counts.
    maxScale: values.maxScale === 0 ? 0 : Math.max(values.minScale, values.maxScale),
    stableWindow: durationText(values.stableWindow),
  } as Targets[string],
});

const targetsOf: Readonly<Record<State["choice"], (values: Values) => Targets>> = {
  both: (values) => ({ ...waas(values), ...faas(values) }),
  spinkube: waas,
  knative: faas,
  perRequest: (values) => ({
    function: {
      kind: "perRequest",
      coldStart: durationText(values.coldStart),
      keepAlive: durationText(values.keepAlive),
      maxInstances: values.instances,
    },
  }),
  server: (values) => ({
    server: {
      kind: "server",
      coldStart: durationText(values.coldStart),
      keepAlive: durationText(values.keepAlive),
      // Several instances have one queue and one request each.
      ...(values.servers > 1 ? { servers: values.servers } : { concurrency: values.concurrency }),
    },
  }),
};
