import type { Estimate } from "../../scenario/answer.ts";
import { type Exporter, figuresOf, type Reported } from "./exporter.ts";

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** OpenMetrics text: a gauge per figure, with bounds as a label, for a scraper or a pushgateway. */
export const openMetricsExport: Exporter = {
  format: "openmetrics",
  describes: "OpenMetrics text",
  write(reported) {
    const families = Object.entries(familiesOf(reported)).filter(([, { samples }]) => samples.length > 0);
    const text = families.map(([name, { help, unit, samples }]) =>
      [
        `# TYPE ${name} gauge`,
        ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`]),
        `# HELP ${name} ${help}`,
        ...samples.map(({ labels, value }) => `${name}{${labelText(labels)}} ${numberText(value)}`),
      ].join("\n"),
    );
    return `${[...text, "# EOF"].join("\n")}\n`;
  },
};

interface Family {
  readonly help: string;
  readonly unit?: string;
  readonly samples: readonly Sample[];
}

function familiesOf(reported: Reported): Readonly<Record<string, Family>> {
  const figures = figuresOf(reported).map(({ from, target }) => ({
    target,
    labels: { scenario: reported.scenario.name, engine: from, target: target.name },
  }));
  const each = (
    pick: (target: (typeof figures)[number]["target"]) => readonly (readonly [object, Estimate | null])[],
  ) =>
    figures.flatMap(({ target, labels }) =>
      pick(target).flatMap(([more, estimate]) => bounds({ ...labels, ...more }, estimate)),
    );
  return {
    coldcast_latency_quantile_seconds: {
      help: "Latency from the scheduled instant.",
      unit: "seconds",
      samples: each(({ latency }) => latency.quantiles.map(({ q, value }) => [{ quantile: String(q) }, value])),
    },
    coldcast_latency_mean_seconds: {
      help: "Mean latency.",
      unit: "seconds",
      samples: each(({ latency }) => [[{}, latency.mean]]),
    },
    coldcast_within_objective_ratio: {
      help: "Share of the measured requests within the objective.",
      unit: "ratio",
      samples: each(({ latency }) => [[{}, latency.withinObjective]]),
    },
    coldcast_cold_probability_ratio: {
      help: "Share of requests that met an instance which was not ready.",
      unit: "ratio",
      samples: each(({ cold }) => [[{}, cold.probability]]),
    },
    coldcast_instances: {
      help: "Instances on average.",
      samples: each(({ instances }) =>
        Object.entries(instances).map(([state, value]) => [{ state }, value as Estimate | null]),
      ),
    },
    coldcast_requests: {
      help: "Requests by what became of them.",
      samples: figures.flatMap(({ target: { counts }, labels }) =>
        counts === null
          ? []
          : Object.entries({
              completed: counts.completed,
              dropped: counts.dropped,
              unsent: counts.unsent,
              ...counts.failed,
            }).map(([outcome, value]) => ({ labels: { ...labels, outcome }, value })),
      ),
    },
    coldcast_agreement: {
      help: "1 agree, 0 inconclusive, -1 disagree.",
      samples: (reported.comparison?.targets ?? []).map(({ name, verdict }) => ({
        labels: { scenario: reported.scenario.name, target: name },
        value: { agree: 1, inconclusive: 0, disagree: -1 }[verdict],
      })),
    },
  };
}

function bounds(labels: Readonly<Record<string, string>>, estimate: Estimate | null): readonly Sample[] {
  if (estimate === null) return [];
  const known = (["value", "low", "high"] as const).filter((bound) => !Number.isNaN(estimate[bound]));
  return known.map((bound) => ({ labels: { ...labels, bound }, value: estimate[bound] }));
}

const labelText = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(
      ([name, value]) => `${name}="${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`,
    )
    .join(",");

const numberText = (value: number): string => (value === Infinity ? "+Inf" : String(value));
