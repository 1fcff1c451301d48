import { decodeFromCompressedBase64 } from "hdr-histogram-js";
import { InputError } from "../../base/check.ts";
import { type Exporter, figuresOf, type Reported } from "./exporter.ts";

/** HdrHistogram's percentile distribution of one target, in milliseconds. */
export const hgrmExport: Exporter = {
  format: "hgrm",
  describes: "HdrHistogram percentile distribution (.hgrm), milliseconds; of one target of one answer",
  write(reported) {
    const held = histogramsOf(reported);
    if (held.length > 1) {
      const names = held.map(({ tag }) => tag).join(", ");
      refuse(
        `a .hgrm file holds one histogram, and there are ${held.length}: ${names}; name one with --target and one answer`,
      );
    }
    return decoded(held[0]!).outputPercentileDistribution(5, 1e6);
  },
};

/** An HdrHistogram log with a tagged histogram per engine and target, in nanoseconds. */
export const hlogExport: Exporter = {
  format: "hlog",
  describes: "HdrHistogram log (.hlog), nanoseconds, a tag per engine and target",
  write(reported) {
    const length = (reported.scenario.duration < Infinity ? reported.scenario.duration : 0).toFixed(3);
    const rows = histogramsOf(reported).map((held) => {
      const maximum = decoded(held).maxValue / 1e6;
      return `Tag=${held.tag},0.000,${length},${maximum.toFixed(3)},${held.hdr}`;
    });
    return [
      `#[coldcast: latency of ${reported.scenario.name}, nanoseconds; Interval_Max in milliseconds]`,
      "#[Histogram log format version 1.3]",
      '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"',
      ...rows,
      "",
    ].join("\n");
  },
};

interface Held {
  readonly tag: string;
  readonly hdr: string;
}

function decoded({ tag, hdr }: Held) {
  try {
    return decodeFromCompressedBase64(hdr, 64);
  } catch {
    return refuse(`the histogram of ${tag} cannot be read`);
  }
}

function histogramsOf(reported: Reported): readonly Held[] {
  const held = figuresOf(reported).flatMap(({ from, target }) =>
    target.latency.hdr === undefined ? [] : [{ tag: `${from}.${target.name}`, hdr: target.latency.hdr }],
  );
  return held.length > 0
    ? held
    : refuse("no answer holds a histogram: simulations and measurements do, the model does not");
}

function refuse(message: string): never {
  throw new InputError("report", [{ path: "", message }]);
}
