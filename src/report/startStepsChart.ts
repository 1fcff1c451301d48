import { formatDuration, type Seconds } from "../base/units.ts";
import { distribution } from "../distributions/index.ts";
import type { Fit } from "../live/calibrate.ts";
import { podStartSteps } from "../scenario/podStart.ts";
import type { TargetSpec } from "../scenario/scenario.ts";
import { html, type Markup } from "./markup.ts";
import { at, axisBelow, chart, legend, linearScale, type Plot, timeTick } from "./svg.ts";

const rowHeight = 30;
const left = 92;
const right = 428;

interface Step {
  readonly name: string;
  readonly mean: Seconds;
}

/**
 * A pod's start as a staircase, one step after the other by its mean: as the scenario tells it, and as it was measured; null where
 * neither tells steps.
 */
export function startStepsChart(target: TargetSpec | undefined, fits: readonly Fit[]): Markup | null {
  const stairs = [
    { name: "sim", line: "sim", steps: statedSteps(target) },
    { name: "live", line: "live", steps: measuredSteps(target, fits) },
  ].filter(({ steps }) => steps.some(({ mean }) => mean > 0));
  if (stairs.length === 0) return null;
  const names = [
    ...new Set(stairs.flatMap(({ steps }) => steps.filter(({ mean }) => mean > 0).map(({ name }) => name))),
  ];
  const plot: Plot = { left, right, top: 34, bottom: 34 + names.length * rowHeight };
  const total = ({ steps }: { readonly steps: readonly Step[] }) => steps.reduce((sum, { mean }) => sum + mean, 0);
  const x = linearScale([0, Math.max(...stairs.map(total))], [left, right]);
  const thickness = (rowHeight - 8) / stairs.length;
  const bars = stairs.flatMap(({ line, steps }, k) => {
    let reached = 0;
    return steps.map(({ name, mean }) => {
      const start = reached;
      reached += mean;
      const row = names.indexOf(name);
      if (row < 0) return null;
      const width = Math.max(0.8, x(reached) - x(start));
      return html`<rect class="bar ${line}" x="${at(x(start))}" y="${at(plot.top + row * rowHeight + 4 + k * thickness)}" width="${at(width)}" height="${at(thickness - 1)}"/>`;
    });
  });
  const labels = names.map(
    (name, row) =>
      html`<text class="label" x="${left - 8}" y="${at(plot.top + row * rowHeight + rowHeight / 2 + 4)}" text-anchor="end">${name}</text>`,
  );
  const description = stairs
    .map(
      ({ name: who, steps }) =>
        `${who}: ${steps.map(({ name, mean }) => `${name} ${formatDuration(mean)}`).join(", ")}`,
    )
    .join(". ");
  return chart({ height: plot.bottom + 42, label: "A start step by step", description }, [
    ...labels,
    ...bars,
    axisBelow(x, plot, timeTick, "since the order, by the steps' means"),
    legend(stairs),
  ]);
}

function statedSteps(target: TargetSpec | undefined): Step[] {
  if (target === undefined || !("podStart" in target) || target.podStart?.kind !== "steps") return [];
  const { podStart } = target;
  return podStartSteps.map((name) => ({ name, mean: distribution(podStart[name]).mean }));
}

/** Fits of the steps, in the order in which they were told. */
function measuredSteps(target: TargetSpec | undefined, fits: readonly Fit[]): Step[] {
  return fits.flatMap(({ target: of, part, parameters }) =>
    of === target?.name && part.startsWith("podStart.") ? [{ name: part.slice(9), mean: meanOf(parameters) }] : [],
  );
}

/** The mean of a fitted law by its parameters, as `calibrate` names them. */
function meanOf(parameters: Fit["parameters"]): Seconds {
  const { value, by = 0, mean, mean1, mean2 = 0, weight1 = 1, weight2 = 0 } = parameters;
  return value ?? (mean === undefined ? weight1 * (mean1 ?? 0) + weight2 * mean2 : by + mean);
}
