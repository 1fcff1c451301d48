import type { Seconds } from "../base/units.ts";
import { type Curve, curveProbability } from "../stats/distances.ts";
import { type Judgement, sidesOf, type TargetComparison } from "./compare.ts";
import { timeDomain } from "./latencyChart.ts";
import { html, type Markup } from "./markup.ts";
import { type Series, seriesOf } from "./series.ts";
import { at, axesChart, line, linearScale, logScale, type Plot, timeTick } from "./svg.ts";

const height = 230;
const plot: Plot = { left: 52, right: 428, top: 34, bottom: 188 };
/** Places per curve: more than a pixel apart nowhere. */
const places = 400;

/**
 * How far each prediction's distribution function lies above or below the measured one, over a logarithmic time axis,
 * with the 95 % band inside which a gap is chance; null where nothing was judged.
 */
export function differenceChart(series: readonly Series[], comparison: TargetComparison | null): Markup | null {
  const judgements = comparison === null ? [] : [comparison, ...comparison.alsoJudged];
  const measured = (comparison === null ? null : seriesOf(series, sidesOf(comparison).judgedBy))?.target.latency.curve;
  if (measured === undefined || measured.seconds.length === 0) return null;
  const drawn = judgements.flatMap((judgement) => {
    const found = seriesOf(series, sidesOf(judgement).judged);
    const curve = found?.target.latency.curve;
    if (found === null || curve === undefined || curve.seconds.length === 0) return [];
    return [{ name: found.name, line: found.line, judgement, curve }];
  });
  const [main] = drawn;
  if (main === undefined) return null;

  const domain = timeDomain([measured, ...drawn.map(({ curve }) => curve)], null, 0);
  const x = logScale(domain, [plot.left, plot.right]);
  const gaps = drawn.map((one) => ({ ...one, points: gapPoints(one.curve, measured, domain) }));
  const margin = main.judgement.ksMargin ?? 0;
  const most = Math.max(margin, 0.01, ...gaps.flatMap(({ points }) => points.map(({ gap }) => Math.abs(gap))));
  const y = linearScale([-most, most], [plot.bottom, plot.top]);
  return axesChart(
    {
      height,
      label: "Predicted minus measured distribution function",
      description: gaps.map(({ name, judgement }) => described(name, judgement)).join("; "),
      plot,
      x: { scale: x, text: timeTick, name: "latency, logarithmic" },
      y: { scale: y, text: (tick) => signed(tick), name: "predicted − measured share" },
      lines: drawn,
    },
    [
      html`<rect class="band" x="${plot.left}" width="${plot.right - plot.left}" y="${at(y(margin))}" height="${at(y(-margin) - y(margin))}"/>`,
      ...gaps.map(({ line: className, points }) =>
        line(
          points.map(({ seconds, gap }) => ({ x: x(seconds), y: y(gap) })),
          className,
        ),
      ),
    ],
  );
}

function gapPoints(predicted: Curve, measured: Curve, [low, high]: readonly [Seconds, Seconds]) {
  return Array.from({ length: places + 1 }, (_, i) => {
    const seconds = low * (high / low) ** (i / places);
    return { seconds, gap: curveProbability(predicted, seconds) - curveProbability(measured, seconds) };
  });
}

const described = (name: string, { ks, ksMargin }: Judgement): string =>
  `${name}: at most ${percent(ks ?? 0)} apart, of which chance explains ${percent(ksMargin ?? 0)}`;

const percent = (share: number): string => `${Number((100 * share).toPrecision(2))} %`;
const signed = (share: number): string => (share > 0 ? `+${percent(share)}` : percent(share).replace("-", "−"));
