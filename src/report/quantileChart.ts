import type { Seconds } from "../base/units.ts";
import { curveQuantile } from "../stats/distances.ts";
import { sidesOf, type TargetComparison } from "./compare.ts";
import { quantileName } from "./format.ts";
import { html, type Markup, raw } from "./markup.ts";
import { type Series, seriesOf } from "./series.ts";
import { axesChart, line, logScale, marker, type Plot, pathOf, timeTick } from "./svg.ts";

const height = 270;
const plot: Plot = { left: 52, right: 428, top: 34, bottom: 228 };
const levels = [
  ...Array.from({ length: 49 }, (_, i) => (i + 1) / 50),
  0.985,
  0.99,
  0.9925,
  0.995,
  0.9975,
  0.999,
] as const;
const marked = [0.5, 0.9, 0.99, 0.999];

/**
 * Predicted against measured quantiles (a Q–Q plot) on two logarithmic axes: on the diagonal they agree, inside the band
 * they are within the tolerated ratio; null where nothing was judged.
 *
 * @param quantileRatio the tolerated ratio, ≥ 1
 */
export function quantileChart(
  series: readonly Series[],
  comparison: TargetComparison | null,
  quantileRatio: number,
): Markup | null {
  const judgements = comparison === null ? [] : [comparison, ...comparison.alsoJudged];
  const measured = comparison === null ? null : seriesOf(series, sidesOf(comparison).judgedBy);
  const pairs = series
    .filter(({ name }) => judgements.some((judgement) => sidesOf(judgement).judged === name))
    .map((one) => ({ ...one, points: measured === null ? [] : quantilePairs(one.target, measured.target) }))
    .filter(({ points }) => points.length > 0);
  if (pairs.length === 0) return null;

  const times = pairs.flatMap(({ points }) => points.flatMap(({ x, y }) => [x, y]));
  const domain = [Math.min(...times) * 0.9, Math.max(...times) * 1.1] as const;
  const x = logScale(domain, [plot.left, plot.right]);
  const y = logScale(domain, [plot.bottom, plot.top]);
  const on = (points: readonly { readonly x: Seconds; readonly y: Seconds }[]) =>
    points.map((point) => ({ x: x(point.x), y: clamp(y(point.y)) }));
  const [low, high] = domain;
  const across = Array.from({ length: 41 }, (_, i) => low * (high / low) ** (i / 40));
  const band = [
    ...across.map((seconds) => ({ x: seconds, y: Math.min(high, seconds * quantileRatio) })),
    ...across.toReversed().map((seconds) => ({ x: seconds, y: Math.max(low, seconds / quantileRatio) })),
  ];
  const description = pairs
    .map(({ name, points }) => {
      const worst = points.reduce((a, b) => (spread(b) > spread(a) ? b : a));
      return `${name}: furthest apart at ${quantileName(worst.q)}, ratio ${Number((worst.y / worst.x).toPrecision(3))}`;
    })
    .join("; ");
  return axesChart(
    {
      height,
      label: "Predicted against measured quantiles",
      description,
      plot,
      x: { scale: x, text: timeTick, name: "measured, logarithmic" },
      y: { scale: y, text: timeTick, name: "predicted, logarithmic" },
      lines: pairs,
    },
    [
      html`<path class="band" d="${raw(pathOf(on(band)))}Z"/>`,
      line(
        on([
          { x: low, y: low },
          { x: high, y: high },
        ]),
        "diagonal",
      ),
      ...pairs.map(({ line: className, points }) => line(on(points), className)),
      ...pairs.flatMap(({ line: className, points }) =>
        on(points.filter(({ q }) => marked.includes(q))).map((point) => marker(point, className)),
      ),
    ],
  );
}

function quantilePairs(predicted: Series["target"], measured: Series["target"]) {
  return levels.flatMap((q) => {
    const [x, y] = [curveQuantile(measured.latency.curve, q), curveQuantile(predicted.latency.curve, q)];
    return x > 0 && y > 0 && x < Infinity && y < Infinity ? [{ q, x, y }] : [];
  });
}

const spread = ({ x, y }: { readonly x: number; readonly y: number }): number => Math.abs(Math.log(y / x));
const clamp = (pixels: number): number => Math.min(plot.bottom, Math.max(plot.top, pixels));
