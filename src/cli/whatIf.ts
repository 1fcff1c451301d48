import { formatDuration } from "../base/units.ts";
import { type Goal, goal } from "../model/goal.ts";
import { type Sensitivity, sensitivities } from "../model/sensitivity.ts";
import { type Solution, solveFor } from "../model/solveFor.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { UsageError } from "./exit.ts";

/** What `predict --solve` and `predict --sensitivity` print, and the same as data. */
export interface WhatIf {
  readonly data: object;
  readonly text: string;
  /** Whether no target could be answered at all. */
  readonly isEmpty: boolean;
}

/** For which values of one number of the scenario every target meets its conditions. */
export function solved(
  scenario: Scenario,
  targets: readonly string[],
  path: string,
  conditions: readonly string[],
): WhatIf {
  if (conditions.length === 0) throw new UsageError('--solve needs a condition, such as --for "p99<=100ms"');
  const goals = conditions.map(goal);
  const solutions = targets.map((target) => solveFor(scenario, target, path, goals));
  return {
    data: { scenario: scenario.name, solve: path, for: conditions, targets: solutions },
    text: solutions.map((solution) => `${solution.target}  ${sentence(solution, goals)}\n`).join(""),
    isEmpty: solutions.every(({ verdict }) => verdict === "unknown"),
  };
}

function sentence({ path, unit, verdict, atLeast, atMost, figure, reason }: Solution, goals: readonly Goal[]): string {
  const conditions = goals.map(({ text }) => text).join(" and ");
  const seen = figure === null ? "" : figureText(figure, goals[0]!);
  const because = reason === undefined ? "" : `; ${reason}`;
  switch (verdict) {
    case "unknown":
      return `unknown: ${reason}`;
    case "never":
      return `${conditions} holds for no ${path}${seen === "" ? "" : `; the best is ${seen}`}${because}`;
    case "always":
      return `${conditions} holds for every ${path} that was tried${because}`;
    case "bounded": {
      const range = [
        ...(atLeast === null ? [] : [`at least ${valueText(atLeast, unit)}`]),
        ...(atMost === null ? [] : [`at most ${valueText(atMost, unit)}`]),
      ];
      return `${path} ${range.join(" and ")} for ${conditions} (there ${seen})${because}`;
    }
  }
}

const figureText = (figure: number, { text, unit }: Goal): string =>
  `${text.split(/[<>]/)[0]!.trim()} is ${unit === "s" ? formatDuration(figure) : `${Number((100 * figure).toPrecision(4))} %`}`;

function valueText(value: number, unit: Solution["unit"]): string {
  if (unit === "s") return formatDuration(value);
  return `${Number(value.toPrecision(6))}${unit === "/s" ? "/s" : unit === "" ? "" : ` ${unit}`}`;
}

/** How the latency moves with the numbers of the scenario. */
export function moved(scenario: Scenario, targets: readonly string[], paths: readonly string[] | undefined): WhatIf {
  const found = targets.map((name) => ({ name, found: sensitivities(scenario, name, paths) }));
  return {
    data: {
      scenario: scenario.name,
      targets: found.map(({ name, found: of }) =>
        typeof of === "string" ? { name, reason: of } : { name, sensitivities: of },
      ),
    },
    text: found
      .map(({ name, found: of }) => `${name}\n${typeof of === "string" ? `  unavailable: ${of}\n` : table(of)}`)
      .join("\n"),
    isEmpty: found.every(({ found: of }) => typeof of === "string"),
  };
}

/** Percent of the figure for one percent of the number; of a whole number, the change by one more. */
function table(rows: readonly Sensitivity[]): string {
  const levels = rows[0]?.quantiles.map(({ q }) => `p${Number((100 * q).toPrecision(12))}`) ?? [];
  const lines = [
    ["", "value", "mean", ...levels],
    ...rows.map((row) => [
      row.path,
      valueText(row.value, row.unit),
      ...[row.mean, ...row.quantiles.map(({ value }) => value)].map((slope, i) => {
        const share = i === 0 ? row.elasticity?.mean : row.elasticity?.quantiles[i - 1];
        return row.isWhole || share === undefined
          ? signed(formatDuration(slope.value), slope.value)
          : `${signed(share.toFixed(3), share)} %`;
      }),
    ]),
  ];
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  const rowText = (line: readonly string[]) =>
    line
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join("  ")
      .trimEnd();
  return (
    lines.map((line) => `  ${rowText(line)}\n`).join("") +
    "  Percent of the figure for one percent more; for whole numbers the change by one more.\n"
  );
}

const signed = (text: string, value: number): string => (value > 0 ? `+${text}` : text);
