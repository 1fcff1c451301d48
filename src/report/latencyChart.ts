import type { Seconds } from "../base/units.ts";
import { type Curve, curveProbability, curveQuantile } from "../stats/distances.ts";
import { durationFigure, quantileName, statedQuantile } from "./format.ts";
import type { Markup } from "./markup.ts";
import { html } from "./markup.ts";
import type { Series } from "./series.ts";
import {
  type Axis,
  at,
  axesChart,
  line,
  linearScale,
  logScale,
  marker,
  type Plot,
  type Scale,
  timeTick,
  upright,
} from "./svg.ts";

const height = 270;
const plot: Plot = { left: 52, right: 428, top: 34, bottom: 228 };
/** The scale of tails: equal steps from one nine to the next. */
const nines = (probability: number): number => -Math.log10(1 - probability);
const deepest = 0.9995;

/** The latency's distribution functions of all engines over a logarithmic time axis, as one chart of the whole law. */
export function bodyChart(series: readonly Series[], objective: Seconds | null): Markup {
  const y = linearScale([0, 1], [plot.bottom, plot.top]);
  return latencyChart(series, objective, {
    y: { scale: y, text: (tick) => `${Math.round(100 * tick)} %`, name: "requests at or below" },
    label: "Latency, cumulative",
    shown: (probability) => y(probability),
    levels: [0.5, 0.9, 0.99],
    lowest: 0,
  });
}

/** The same from the median on, each further nine taking as much room as the last, so that p99 and p99.9 can be read. */
export function tailChart(series: readonly Series[], objective: Seconds | null): Markup {
  const [low, high] = [nines(0.5), nines(deepest)];
  const scale = (value: number) => plot.bottom - ((value - low) / (high - low)) * (plot.bottom - plot.top);
  const y: Scale = Object.assign(scale, {
    domain: [low, high] as const,
    ticks: [0.5, 0.9, 0.95, 0.99, 0.999].map(nines),
  });
  return latencyChart(series, objective, {
    y: { scale: y, text: (tick) => quantileName(Number((1 - 10 ** -tick).toFixed(6))), name: "percentile" },
    label: "Latency, tail",
    shown: (probability) => y(Math.min(high, nines(Math.min(deepest, probability)))),
    levels: [0.5, 0.9, 0.95, 0.99, 0.999],
    lowest: 0.5,
  });
}

interface Shape {
  readonly y: Axis;
  readonly label: string;
  shown(probability: number): number;
  /** Quantiles marked with their intervals. */
  readonly levels: readonly number[];
  /** The probability at the lower end of the plot. */
  readonly lowest: number;
}

function latencyChart(series: readonly Series[], objective: Seconds | null, shape: Shape): Markup {
  const curves = series.filter(({ target }) => target.latency.curve.seconds.length > 0);
  const domain = timeDomain(
    curves.map(({ target }) => target.latency.curve),
    objective,
    shape.lowest,
  );
  const x = logScale(domain, [plot.left, plot.right]);
  const description = series
    .map(
      ({ name, target }) =>
        `${name}: ${shape.levels.map((q) => `${quantileName(q)} ${durationFigure(statedQuantile(target, q)).value}`).join(", ")}`,
    )
    .join("; ");
  return axesChart(
    {
      height,
      label: shape.label,
      description,
      plot,
      x: { scale: x, text: timeTick, name: "latency, logarithmic" },
      y: shape.y,
      lines: series,
    },
    [
      // The measurement first: where lines coincide, the broken ones stay visible on top of it.
      ...curves.toReversed().map((entry) => line(points(entry.target.latency.curve, x, shape), entry.line)),
      ...curves.map((entry) => marks(entry, x, shape)),
      objective === null || objective < domain[0] || objective > domain[1]
        ? null
        : upright(x(objective), plot, "objective"),
    ],
  );
}

/** From the fastest thousandth (or the median, for a tail) to the slowest that is shown, with a little air. */
export function timeDomain(
  curves: readonly Curve[],
  objective: Seconds | null,
  lowest: number,
): readonly [number, number] {
  const ends = curves
    .flatMap((curve) => [curveQuantile(curve, Math.max(0.002, lowest)), curveQuantile(curve, deepest)])
    .filter((x) => x > 0 && x < Infinity);
  if (objective !== null && ends.length > 0 && objective < 3 * Math.max(...ends)) ends.push(objective);
  if (ends.length === 0) return [0.001, 1];
  return [Math.min(...ends) * 0.9, Math.max(...ends) * 1.15];
}

function points({ seconds, probability }: Curve, x: Scale, { shown, lowest }: Shape) {
  const [low, high] = x.domain;
  const curve = { seconds, probability };
  const inside = seconds.flatMap((value, i) =>
    value > low && value < high && probability[i]! >= lowest && probability[i]! <= deepest
      ? [{ x: x(value), y: shown(probability[i]!) }]
      : [],
  );
  const start = Math.max(low, lowest > 0 ? curveQuantile(curve, lowest) : low);
  const first = { x: x(start), y: shown(Math.max(lowest, curveProbability(curve, start))) };
  const end = Math.min(high, Math.max(start, curveQuantile(curve, deepest)));
  const last = { x: x(end), y: shown(Math.min(deepest, curveProbability(curve, end))) };
  return [first, ...inside, last];
}

/** Each stated quantile with its 95 % interval as a bar. */
function marks({ line: className, target }: Series, x: Scale, { levels, shown }: Shape): Markup {
  const [low, high] = x.domain;
  const clamp = (seconds: number) => x(Math.min(high, Math.max(low, Number.isNaN(seconds) ? high : seconds)));
  const items = levels.map((q) => {
    const estimate = statedQuantile(target, q);
    if (estimate === null || !(estimate.value >= low && estimate.value <= high)) return null;
    const y = at(shown(q));
    return html`<line class="interval ${className}" x1="${at(clamp(estimate.low))}" x2="${at(clamp(estimate.high))}" y1="${y}" y2="${y}"/>${marker({ x: x(estimate.value), y }, className)}`;
  });
  return html`<g>${items}</g>`;
}
