import type { Family } from "./agreementFamilies.ts";

const cold = { kind: "lognormal", mean: "400ms", scv: 0.3 };
const poisson = (rate: string) => ({ kind: "poisson", rate });

/** Twelve single servers: arrivals, work, target. */
const list: Readonly<Record<string, readonly [object, object, object]>> = {
  "M/M/1, load 0.5": [poisson("50/s"), { kind: "exponential", mean: "10ms" }, {}],
  "M/M/1, load 0.9": [poisson("90/s"), { kind: "exponential", mean: "10ms" }, {}],
  "M/E4/1, load 0.7": [poisson("70/s"), { kind: "erlang", mean: "10ms", stages: 4 }, {}],
  "M/LN/1, load 0.7": [poisson("70/s"), { kind: "lognormal", mean: "10ms", scv: 0.4 }, {}],
  "M/H2/1, load 0.6": [poisson("60/s"), { kind: "hyperexponential", mean: "10ms", scv: 4 }, {}],
  "off at once, constant start": [
    poisson("20/s"),
    { kind: "exponential", mean: "10ms" },
    { coldStart: "500ms", keepAlive: "0s" },
  ],
  "off at once, random start": [
    poisson("5/s"),
    { kind: "gamma", mean: "20ms", scv: 0.5 },
    { coldStart: cold, keepAlive: "0s" },
  ],
  "constant keep-alive": [
    poisson("2/s"),
    { kind: "lognormal", mean: "50ms", scv: 0.4 },
    { coldStart: cold, keepAlive: "1s" },
  ],
  "random keep-alive": [
    poisson("2/s"),
    { kind: "erlang", mean: "50ms", stages: 4 },
    { coldStart: { kind: "uniform", low: "100ms", high: "900ms" }, keepAlive: { kind: "exponential", mean: "700ms" } },
  ],
  "slow first request": [
    poisson("4/s"),
    { kind: "erlang", mean: "50ms", stages: 4 },
    { coldStart: "400ms", keepAlive: "500ms", firstWork: { kind: "exponential", mean: "200ms" } },
  ],
  "heavy cold start, high load": [
    poisson("18/s"),
    { kind: "exponential", mean: "50ms" },
    { coldStart: { kind: "hyperexponential", mean: "800ms", scv: 3 }, keepAlive: "100ms" },
  ],
  "camera-like": [
    poisson("30/s"),
    { kind: "lognormal", mean: "12ms", scv: 0.4 },
    { coldStart: { kind: "lognormal", mean: "1.8s", scv: 0.1 }, keepAlive: "150ms" },
  ],
};

/** The twelve, however many are asked for. */
export const servers: Family = () =>
  Object.entries(list).map(([name, [arrivals, work, target]]) => ({
    name,
    arrivals,
    work,
    target: { kind: "server", ...target },
  }));
