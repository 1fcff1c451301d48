import type { AgreementCase, Family } from "./agreementFamilies.ts";
import { type Draw, drawFor, inSeconds, perSecond } from "./draw.ts";

/** Poisson requests one by one, on one instance. */
export const singleServers: Family = family("single", (_, rate) => ({ kind: "poisson", rate: perSecond(rate) }));

/** Poisson batches. */
export const batchServers: Family = family("batch", (draw, rate) => {
  const batch = draw.oneOf([
    { law: { kind: "fixed", size: 5 }, mean: 5 },
    { law: { kind: "geometric", mean: 3 }, mean: 3 },
    { law: { kind: "pmf", sizes: [1, 4, 12], probabilities: [0.6, 0.3, 0.1] }, mean: 3 },
  ]);
  return { kind: "poisson", rate: perSecond(rate / batch.mean), batch: batch.law };
});

/** Markovian arrivals, with and without batches, reversible or not. */
export const mapServers: Family = family("map", (draw, rate) => {
  const switching = draw.size(0.02, 2) * rate;
  switch (draw.oneOf(["two", "three", "onOff"])) {
    case "two":
      return twoPhases(draw, rate, switching);
    case "three": {
      const rates = [1.6, 0.9, 0.5].map((share) => perSecond(share * rate));
      // Round and round: not reversible.
      const round = [0, 1, 2].map((i) => [0, 1, 2].map((j) => perSecond((j - i + 3) % 3 === 1 ? switching : 0)));
      return { kind: "mmpp", rates, switching: round };
    }
    default: {
      const on = draw.between(0.3, 0.7);
      return {
        kind: "onOff",
        on: { kind: "erlang", mean: inSeconds(on / switching), stages: 3 },
        off: { kind: "hyperexponential", mean: inSeconds((1 - on) / switching), scv: 2 },
        rate: perSecond(rate / on),
      };
    }
  }
});

/** Arrivals that a Markovian process stands for: what the approximation errs shows as the largest gap. */
export const fittedServers: Family = family("fitted", (draw, rate) => {
  const interval = 1 / rate;
  const bursts = draw.size(3, 60) * interval;
  switch (draw.oneOf(["even", "renewal", "renewal", "hawkes", "devices", "onOff"])) {
    case "even":
      return { kind: "deterministic", interval: inSeconds(interval) };
    case "hawkes":
      return {
        kind: "hawkes",
        rate: perSecond(rate),
        branching: draw.between(0.1, 0.7),
        decayTime: inSeconds(bursts),
      };
    case "devices":
      return { kind: "devices", count: 20, each: burstyDevice(bursts * 20, rate / 20) };
    case "onOff":
      return burstyDevice(bursts, rate);
    default:
      return {
        kind: "renewal",
        interval: draw.oneOf([
          { kind: "uniform", low: inSeconds(0.2 * interval), high: inSeconds(1.8 * interval) },
          { kind: "lognormal", mean: inSeconds(interval), scv: draw.between(0.3, 6) },
          { kind: "weibull", mean: inSeconds(interval), shape: 0.6 },
          { kind: "gamma", mean: inSeconds(interval), scv: draw.between(0.15, 0.9) },
        ]),
      };
  }
});

/** On a third of the time, for times that are not exponential. */
const burstyDevice = (cycle: number, rate: number): object => ({
  kind: "onOff",
  on: { kind: "lognormal", mean: inSeconds(cycle / 3), scv: 1.5 },
  off: { kind: "uniform", low: inSeconds(cycle / 3), high: inSeconds(cycle) },
  rate: perSecond(3 * rate),
});

function twoPhases(draw: Draw, rate: number, switching: number): object {
  const busy = draw.between(0.2, 0.6);
  const factor = draw.between(1.1, 1 / busy);
  const calm = (1 - busy * factor) / (1 - busy);
  const batch = draw.chance(0.3) ? 2 : 1;
  return {
    kind: "mmpp",
    rates: [perSecond((factor * rate) / batch), perSecond((calm * rate) / batch)],
    switching: [
      ["0/s", perSecond(switching * (1 - busy))],
      [perSecond(switching * busy), "0/s"],
    ],
    ...(batch > 1 && { batch: { kind: "fixed", size: batch } }),
  };
}

/** Loads between 0.05 and 0.8, and every law, start and keep-alive of the format. */
function family(name: string, arrivals: (draw: Draw, rate: number) => object): Family {
  return (count) =>
    Array.from({ length: count }, (_, index): AgreementCase => {
      const draw = drawFor(name, index);
      const mean = draw.size(1e-3, 1);
      const rate = draw.between(0.05, 0.8) / mean;
      return {
        name: `${name} ${index}`,
        arrivals: arrivals(draw, rate),
        work: law(draw, mean),
        target: {
          kind: "server",
          ...start(draw, mean),
          ...(draw.chance(0.3) && { network: law(draw, mean * draw.size(0.1, 2)) }),
          ...(draw.chance(0.2) && name !== "map" && { closeDown: law(draw, mean * draw.size(0.1, 3)) }),
        },
      };
    });
}

function start(draw: Draw, mean: number): object {
  const keepAlive = draw.oneOf(["forever", "0s", "constant", "constant", "random"]);
  if (keepAlive === "forever") return {};
  const stays = mean * draw.size(0.3, 20);
  const keep = { constant: inSeconds(stays), random: law(draw, stays) }[keepAlive] ?? "0s";
  return {
    coldStart: law(draw, mean * draw.size(0.5, 30)),
    keepAlive: keep,
    ...(draw.chance(0.3) && { firstWork: law(draw, mean * draw.size(0.5, 6)) }),
  };
}

function law(draw: Draw, meanSeconds: number): object {
  const mean = inSeconds(meanSeconds);
  const laws: readonly object[] = [
    { kind: "deterministic", value: mean },
    { kind: "exponential", mean },
    { kind: "erlang", mean, stages: 4 },
    { kind: "gamma", mean, scv: draw.between(0.2, 3) },
    { kind: "hyperexponential", mean, scv: draw.between(1.2, 6) },
    { kind: "lognormal", mean, scv: draw.between(0.1, 3) },
    { kind: "uniform", low: inSeconds(0.4 * meanSeconds), high: inSeconds(1.6 * meanSeconds) },
    { kind: "shifted", by: inSeconds(meanSeconds / 2), of: { kind: "exponential", mean: inSeconds(meanSeconds / 2) } },
  ];
  return draw.oneOf(laws);
}
