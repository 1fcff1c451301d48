import { formatDuration } from "../base/units.ts";
import { html, type Markup, raw } from "./markup.ts";
import type { Look } from "./series.ts";

/** Every chart is drawn at this size and scaled by the page, so that its text stays readable on a phone. */
export const chartWidth = 440;

/** From data to pixels, with the places of its ticks. */
export interface Scale {
  (value: number): number;
  readonly domain: readonly [number, number];
  readonly ticks: readonly number[];
}

/** Where a chart's data are drawn, in pixels. */
export interface Plot {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * A linear scale whose domain is widened to round numbers.
 *
 * @example
 * linearScale([0, 9], [0, 100]).ticks // => [0, 2, 4, 6, 8, 10]
 */
export function linearScale([low, high]: readonly [number, number], [from, to]: readonly [number, number]): Scale {
  const rough = (high > low ? high - low : Math.max(1, Math.abs(high))) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999) ?? 10);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  // A product of whole steps may carry rounding that a label would show.
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
  const domain = [ticks[0]!, ticks.at(-1)!] as const;
  const scale = (value: number) => from + ((value - domain[0]) / (domain[1] - domain[0])) * (to - from);
  return Object.assign(scale, { domain, ticks });
}

/**
 * A logarithmic scale over exactly its domain; ticks at powers of ten, and at 2 and 5 times them where there is room.
 *
 * @example
 * logScale([1, 100], [0, 10])(10) // => 5
 */
export function logScale([low, high]: readonly [number, number], [from, to]: readonly [number, number]): Scale {
  const span = Math.log(high / low);
  const decades = span / Math.LN10;
  const factors = decades < 1.4 ? [1, 2, 3, 5] : decades < 2 ? [1, 2, 5] : decades < 3.4 ? [1, 3] : [1];
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    for (const factor of factors) {
      const tick = Number(`${factor}e${power}`);
      if (tick >= low * 0.999 && tick <= high * 1.001) ticks.push(tick);
    }
  }
  const scale = (value: number) => from + (Math.log(value / low) / span) * (to - from);
  return Object.assign(scale, { domain: [low, high] as const, ticks });
}

/** One chart with its accessible name and a description in words of what it shows. */
export function chart(
  { height, label, description }: { readonly height: number; readonly label: string; readonly description: string },
  body: readonly (Markup | null)[],
): Markup {
  return html`<svg class="chart" role="img" aria-label="${`${label}. ${description}`}" viewBox="0 0 ${chartWidth} ${height}" preserveAspectRatio="xMidYMid meet"><desc>${description}</desc>${body}</svg>`;
}

/** A scale as an axis shows it: how a tick reads, and what is measured. */
export interface Axis {
  readonly scale: Scale;
  text(tick: number): string;
  readonly name: string;
}

/** A chart with two axes and a legend: the left axis's lines below what is drawn, the lower axis above it. */
export function axesChart(
  {
    plot,
    x,
    y,
    lines,
    ...frame
  }: {
    readonly height: number;
    readonly label: string;
    readonly description: string;
    readonly plot: Plot;
    readonly x: Axis;
    readonly y: Axis;
    /** In the order of the legend. */
    readonly lines: readonly Look[];
  },
  body: readonly (Markup | null)[],
): Markup {
  return chart(frame, [
    axisLeft(y.scale, plot, y.text, y.name),
    ...body,
    axisBelow(x.scale, plot, x.text, x.name),
    legend(lines),
  ]);
}

/** The lower axis: a line, ticks with labels, and a name at its end. */
export function axisBelow(
  scale: Scale,
  { left, right, bottom }: Plot,
  text: (tick: number) => string,
  name: string,
): Markup {
  const ticks = scale.ticks.map((tick) => {
    const x = at(scale(tick));
    // A label at the edge would be cut off if it were centred.
    const edge = x > chartWidth - 20;
    return html`<line class="tick" x1="${x}" x2="${x}" y1="${bottom}" y2="${bottom + 4}"/><text class="label" x="${edge ? chartWidth - 1 : x}" y="${bottom + 16}" text-anchor="${edge ? "end" : "middle"}">${text(tick)}</text>`;
  });
  return html`<line class="axis" x1="${left}" x2="${right}" y1="${bottom}" y2="${bottom}"/>${ticks}<text class="name" x="${right}" y="${bottom + 31}" text-anchor="end">${name}</text>`;
}

/** The left axis: a faint line across the plot at each tick, its label outside, and the axis's name above. */
export function axisLeft(
  scale: Scale,
  { left, right, top }: Plot,
  text: (tick: number) => string,
  name: string,
): Markup {
  const ticks = scale.ticks.map((tick) => {
    const y = at(scale(tick));
    return html`<line class="grid" x1="${left}" x2="${right}" y1="${y}" y2="${y}"/><text class="label" x="${left - 6}" y="${at(y + 4)}" text-anchor="end">${text(tick)}</text>`;
  });
  return html`${ticks}<text class="name" x="4" y="${top - 10}">${name}</text>`;
}

/** A line through points. */
export function line(points: readonly Point[], className: string): Markup | null {
  return points.length === 0 ? null : html`<path class="line ${className}" d="${raw(pathOf(points))}"/>`;
}

/** Points as a path's data; pixels to a tenth, which no eye can tell. */
export function pathOf(points: readonly Point[]): string {
  return points.map(({ x, y }, i) => `${i === 0 ? "M" : "L"}${at(x)} ${at(y)}`).join("");
}

/** The sign of a line, so that colour is never the only difference: square, diamond, disc, triangle. */
export function marker({ x, y }: Point, className: string): Markup {
  switch (className.split(" ")[0]) {
    case "model":
    case "first":
      return html`<rect class="mark ${className}" x="${at(x - 3.5)}" y="${at(y - 3.5)}" width="7" height="7"/>`;
    case "sim":
    case "second":
      return html`<path class="mark ${className}" d="${raw(`M${at(x)} ${at(y - 5)}l5 5l-5 5l-5 -5z`)}"/>`;
    case "live":
      return html`<circle class="mark ${className}" cx="${at(x)}" cy="${at(y)}" r="4"/>`;
    default:
      return html`<path class="mark ${className}" d="${raw(`M${at(x)} ${at(y - 5)}l5 9h-10z`)}"/>`;
  }
}

/** Names of the lines, at the top right above the name of the left axis, in their order. */
export function legend(lines: readonly Look[]): Markup {
  const y = 11;
  const widths = lines.map(({ name }) => Math.max(72, 46 + 6.5 * name.length));
  const items = lines.map(({ name, line: className }, i) => {
    const x = chartWidth - 8 - widths.slice(i).reduce((sum, width) => sum + width, 0);
    return html`${line(
      [
        { x, y: y - 4 },
        { x: x + 22, y: y - 4 },
      ],
      className,
    )}${marker({ x: x + 11, y: y - 4 }, className)}<text class="label" x="${x + 27}" y="${y}">${name}</text>`;
  });
  return html`<g class="legend">${items}</g>`;
}

/** An instant marked across the plot, such as the objective. */
export function upright(x: number, { left, right, top, bottom }: Plot, text: string): Markup {
  const before = x > (left + right) / 2 && x > right - 70;
  return html`<line class="objective" x1="${at(x)}" x2="${at(x)}" y1="${top}" y2="${bottom}"/><text class="label halo" x="${at(before ? x - 5 : x + 5)}" y="${bottom - 7}" text-anchor="${before ? "end" : "start"}">${text}</text>`;
}

/**
 * A tick on a time axis.
 *
 * @example
 * timeTick(0.05) // => "50 ms"
 */
export const timeTick = (seconds: number): string => (seconds === 0 ? "0" : formatDuration(seconds));

/** Rounds to a tenth of a pixel. */
export const at = (pixels: number): number => Math.round(pixels * 10) / 10;
