import { formatDuration, type Seconds } from "../base/units.ts";
import type { Timeline } from "../scenario/answer.ts";
import { html, type Markup } from "./markup.ts";
import type { Look, Series } from "./series.ts";
import {
  at,
  axesChart,
  line,
  linearScale,
  logScale,
  marker,
  type Plot,
  type Point,
  type Scale,
  timeTick,
} from "./svg.ts";

const height = 230;
const plot: Plot = { left: 52, right: 428, top: 34, bottom: 188 };

interface Timed extends Look {
  readonly timeline: Timeline;
}

/** Ready instances over time (lines) and starting ones (areas), the simulator's beside those measured; null without any. */
export function instancesChart(series: readonly Series[]): Markup | null {
  const timed = timelines(series).filter(({ timeline }) => timeline.ready.some((value) => value !== null));
  if (timed.length === 0) return null;
  const x = linearScale([0, durationOf(timed)], [plot.left, plot.right]);
  const most = Math.max(
    1,
    ...timed.flatMap(({ timeline }) => [...timeline.ready, ...timeline.starting].map((value) => value ?? 0)),
  );
  const scale = linearScale([0, most], [plot.bottom, plot.top]);
  const y = Object.assign((value: number) => scale(value), {
    domain: scale.domain,
    ticks: scale.ticks.filter(Number.isInteger),
  });
  const description = timed
    .map(
      ({ name, timeline }) =>
        `${name}: at most ${Math.max(...timeline.ready.map((value) => value ?? 0))} ready, ${Math.max(0, ...timeline.starting.map((value) => value ?? 0))} starting`,
    )
    .join("; ");
  return axesChart(
    {
      height,
      label: "Instances over time",
      description,
      plot,
      x: { scale: x, text: timeTick, name: "time of arrival" },
      y: { scale: y, text: String, name: "ready (line), starting (area)" },
      lines: timed,
    },
    [
      ...timed.map(({ line: className, timeline }) =>
        area(steps(timeline.starting, timeline.everySeconds, x, y), y(0), className),
      ),
      ...timed
        .toReversed()
        .flatMap(({ line: className, timeline }) =>
          steps(timeline.ready, timeline.everySeconds, x, y).map((run) => line(run, className)),
        ),
    ],
  );
}

/** The p99 of the requests that arrived in each step, over time; null without any. */
export function latencyTimeChart(series: readonly Series[], objective: Seconds | null): Markup | null {
  const timed = timelines(series).filter(({ timeline }) => timeline.p99.some((value) => value !== null && value > 0));
  if (timed.length === 0) return null;
  const x = linearScale([0, durationOf(timed)], [plot.left, plot.right]);
  const values = timed.flatMap(({ timeline }) =>
    timeline.p99.filter((value) => value !== null && value > 0 && value < Infinity),
  ) as number[];
  if (values.length === 0) return null;
  if (objective !== null && objective < 3 * Math.max(...values)) values.push(objective);
  const y = logScale([Math.min(...values) * 0.8, Math.max(...values) * 1.25], [plot.bottom, plot.top]);
  const description = timed
    .map(
      ({ name, timeline }) =>
        `${name}: at most ${formatDuration(Math.max(...timeline.p99.map((value) => value ?? 0)))}`,
    )
    .join("; ");
  const shown = objective !== null && objective > y.domain[0] && objective < y.domain[1];
  return axesChart(
    {
      height,
      label: "p99 latency over time",
      description,
      plot,
      x: { scale: x, text: timeTick, name: "time of arrival" },
      y: { scale: y, text: timeTick, name: "p99 of latency, logarithmic" },
      lines: timed,
    },
    [
      shown
        ? html`<line class="objective" x1="${plot.left}" x2="${plot.right}" y1="${at(y(objective))}" y2="${at(y(objective))}"/>`
        : null,
      ...timed.toReversed().map(({ line: className, timeline }) => runs(timeline, className, x, y)),
      shown
        ? html`<text class="label halo" x="${plot.right}" y="${at(y(objective) - 5)}" text-anchor="end">objective</text>`
        : null,
    ],
  );
}

function timelines(series: readonly Series[]): Timed[] {
  return series.flatMap(({ name, line: className, target }) =>
    target.timeline === null ? [] : [{ name, line: className, timeline: target.timeline }],
  );
}

function durationOf(timed: readonly Timed[]): Seconds {
  return Math.max(
    ...timed.map(({ timeline }) => timeline.everySeconds * Math.max(timeline.ready.length, timeline.p99.length)),
  );
}

/** Runs of known values as steps; an unknown value breaks the line. */
function steps(values: readonly (number | null)[], every: Seconds, x: Scale, y: Scale): Point[][] {
  const lines: Point[][] = [];
  let current: Point[] = [];
  for (const [i, value] of values.entries()) {
    if (value === null) current = [];
    else {
      if (current.length === 0) lines.push(current);
      current.push({ x: x(i * every), y: y(value) }, { x: x((i + 1) * every), y: y(value) });
    }
  }
  return lines;
}

function area(lines: readonly (readonly Point[])[], base: number, className: string): Markup {
  const paths = lines.map(
    (run) =>
      html`<path class="area ${className}" d="M${at(run[0]!.x)} ${at(base)}${run.map(({ x, y }) => `L${at(x)} ${at(y)}`)}L${at(run.at(-1)!.x)} ${at(base)}Z"/>`,
  );
  return html`${paths}`;
}

/** Lines through the middles of the steps, with a mark at each where there is room. */
function runs({ p99, everySeconds }: Timeline, className: string, x: Scale, y: Scale): Markup {
  const lines: Point[][] = [];
  let current: Point[] = [];
  for (const [i, value] of p99.entries()) {
    if (value === null || !(value > 0 && value < Infinity)) current = [];
    else {
      if (current.length === 0) lines.push(current);
      current.push({ x: x((i + 0.5) * everySeconds), y: y(value) });
    }
  }
  const marks = p99.length > 60 ? lines.filter((run) => run.length === 1).flat() : lines.flat();
  return html`${lines.map((run) => line(run, className))}${marks.map((point) => marker(point, className))}`;
}
