import { html } from "../../src/report/markup.ts";
import { at, axesChart, line, linearScale, logScale, marker, type Plot, timeTick } from "../../src/report/svg.ts";
import { drawn } from "./pictures.ts";

const plot: Plot = { left: 52, right: 428, top: 34, bottom: 228 };
const height = 270;

/** One measurement with its 95 % half-width, and what was predicted of it. */
export interface Pair {
  readonly measured: number;
  readonly error: number;
  readonly predicted: number;
  /** Whose prediction it is: an engine's class in the charts' style. */
  readonly from: string;
}

/**
 * Draws predicted over measured figures on two logarithmic axes: on the diagonal they agree.
 *
 * @returns the picture in Markdown
 */
export function pairsPicture(name: string, what: string, pairs: readonly Pair[]): string {
  const values = pairs.flatMap(({ measured, predicted }) => [measured, predicted]);
  const domain = [Math.min(...values) * 0.85, Math.max(...values) * 1.15] as const;
  const x = logScale(domain, [plot.left, plot.right]);
  const y = logScale(domain, [plot.bottom, plot.top]);
  const clamp = (value: number) => x(Math.min(domain[1], Math.max(domain[0], value)));
  const worst = Math.max(...pairs.map(({ measured, predicted }) => Math.abs(predicted / measured - 1)));
  const text = (tick: number) => String(tick);
  const markup = axesChart(
    {
      height,
      label: what,
      description: `${pairs.length} pairs, at most ${Number((100 * worst).toPrecision(2))} % apart`,
      plot,
      x: { scale: x, text, name: "measured, with 95 % interval" },
      y: { scale: y, text, name: "predicted" },
      lines: [...new Set(pairs.map(({ from }) => from))].map(look),
    },
    [
      line(
        [domain[0], domain[1]].map((value) => ({ x: x(value), y: y(value) })),
        "diagonal",
      ),
      ...pairs.map(({ measured, error, predicted, from }) => {
        const cy = at(y(predicted));
        return html`<line class="whisker" x1="${at(clamp(measured - error))}" x2="${at(clamp(measured + error))}" y1="${cy}" y2="${cy}"/>${marker({ x: x(measured), y: y(predicted) }, from)}`;
      }),
    ],
  );
  return drawn(name, markup, what);
}

/** An engine in the legend, under its own name. */
export const look = (from: string): { readonly name: string; readonly line: string } => ({ name: from, line: from });

/** A distribution function on a grid of times. */
export interface Law {
  readonly name: string;
  /** An engine's class in the charts' style. */
  readonly from: string;
  readonly cdf: readonly number[];
}

/**
 * Draws distribution functions over a logarithmic time axis; the legend names them by their class, the caption says which is which.
 *
 * @returns the picture in Markdown
 */
export function lawsPicture(name: string, what: string, grid: readonly number[], laws: readonly Law[]): string {
  const x = logScale([grid.find((seconds) => seconds > 0)!, grid.at(-1)!], [plot.left, plot.right]);
  const y = linearScale([0, 1], [plot.bottom, plot.top]);
  const caption = laws.map(({ name: law, from }) => `${from}: ${law}`).join("; ");
  const markup = axesChart(
    {
      height,
      label: what,
      description: caption,
      plot,
      x: { scale: x, text: timeTick, name: "latency, logarithmic" },
      y: { scale: y, text: (tick) => `${Math.round(100 * tick)} %`, name: "requests at or below" },
      lines: laws.map(({ from }) => look(from)),
    },
    laws.map(({ cdf, from }) =>
      line(
        grid.flatMap((seconds, i) => (seconds > 0 ? [{ x: x(seconds), y: y(cdf[i]!) }] : [])),
        from,
      ),
    ),
  );
  return `${drawn(name, markup, what)}\n\n${caption}.`;
}
