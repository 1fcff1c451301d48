import type { ArrivalsSpec } from "../arrivals/index.ts";
import { distributionDocument } from "./distributionDocument.ts";
import { durationText, rateText } from "./quantityText.ts";

/** Arrivals as a document has them. */
export function arrivalsDocument(spec: ArrivalsSpec): unknown {
  switch (spec.kind) {
    case "poisson":
      return { ...spec, rate: rateText(spec.rate) };
    case "deterministic":
      return { ...spec, interval: durationText(spec.interval) };
    case "renewal":
      return { ...spec, interval: distributionDocument(spec.interval) };
    case "mmpp":
      return {
        ...spec,
        rates: spec.rates.map(rateText),
        switching: spec.switching.map((row) => row.map((rate) => (rate === 0 ? 0 : rateText(rate)))),
      };
    case "map":
      return { ...spec, d0: spec.d0.map((row) => [...row]), d1: spec.d1.map((row) => [...row]) };
    case "hawkes":
      return { ...spec, rate: rateText(spec.rate), decayTime: durationText(spec.decayTime) };
    case "profile":
      return {
        ...spec,
        points: spec.points.map(({ at, rate }) => ({ at: durationText(at), rate: rate === 0 ? 0 : rateText(rate) })),
      };
    case "closed":
      return { ...spec, thinkTime: distributionDocument(spec.thinkTime) };
    case "onOff": {
      const { on, off, rate } = spec;
      return { ...spec, on: distributionDocument(on), off: distributionDocument(off), rate: rateText(rate) };
    }
    case "devices":
      return { ...spec, each: arrivalsDocument(spec.each) };
    case "superposition":
      return { ...spec, of: spec.of.map(arrivalsDocument) };
    case "burst": {
      const at = spec.at === undefined ? {} : { at: durationText(spec.at) };
      return { ...spec, ...at, ...(spec.every === undefined ? {} : { every: durationText(spec.every) }) };
    }
    case "trace":
      return { ...spec, times: spec.times.map(durationText) };
  }
}
