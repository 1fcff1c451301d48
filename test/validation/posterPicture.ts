import { predict } from "../../src/model/predict.ts";
import { html, type Markup } from "../../src/report/markup.ts";
import { axesChart, line, logScale, marker, timeTick } from "../../src/report/svg.ts";
import { drawn } from "./pictures.ts";
import { poster, type Stated } from "./posterClaims.ts";
import { type Judged, tolerated } from "./posterWorlds.ts";

const plot = { left: 52, right: 428, top: 34, bottom: 228 };
const x = logScale([0.008, 1.2], [plot.left, plot.right]);
const nines = (probability: number): number => -Math.log10(1 - probability);
const y = Object.assign((nine: number) => plot.bottom - (nine / nines(0.995)) * (plot.bottom - plot.top), {
  domain: [0, nines(0.995)] as const,
  ticks: [0, 0.5, 0.9, 0.95, 0.99].map(nines),
});

/**
 * Draws the claims as marks, and the latency of every explanation at its best: dotted where it meets them, dashed where it does not.
 *
 * @returns the picture in Markdown
 */
export function claimsPicture(judged: readonly Judged[]): string {
  const met = judged.filter(({ found }) => found.worst <= tolerated).length;
  const markup = axesChart(
    {
      height: 270,
      label: "Claims and explanations",
      description: `${judged.length} explanations of the claimed percentiles, of which ${met} meet them`,
      plot,
      x: { scale: x, text: timeTick, name: "latency, logarithmic" },
      y: { scale: y, text: (nine) => `p${Number((100 * (1 - 10 ** -nine)).toFixed(1))}`, name: "percentile" },
      lines: [],
    },
    [...judged.map(lawOf), ...[poster.waas, poster.faas].flatMap(marksOf)],
  );
  return drawn("poster-claims", markup, "The poster's percentiles, and the law of every explanation at its best");
}

function lawOf({ found }: Judged): Markup | null {
  const [answer] = predict(found.scenario).targets;
  if (answer!.status === "unavailable") return null;
  const { seconds, probability } = answer!.latency.curve;
  const points = seconds.flatMap((time, i) =>
    time >= x.domain[0] && time <= x.domain[1] && nines(probability[i]!) <= y.domain[1]
      ? [{ x: x(time), y: y(nines(probability[i]!)) }]
      : [],
  );
  return line(points, found.worst <= tolerated ? "model" : "sim");
}

const marksOf = ({ quantiles }: Stated): Markup[] =>
  quantiles.map(({ q, value }) => html`${marker({ x: x(value), y: y(nines(q)) }, "live")}`);
