import { formatDuration } from "../../base/units.ts";
import type { Estimate } from "../../scenario/answer.ts";
import type { Judgement } from "../compare.ts";
import { type Exporter, figuresOf } from "./exporter.ts";

/** A summary for a pull request: the verdict, the figures, and what was judged. */
export const markdownExport: Exporter = {
  format: "markdown",
  describes: "Markdown summary, such as for a pull request",
  write(reported) {
    const { scenario, comparison } = reported;
    const levels = scenario.report.quantiles;
    const head = [
      "target",
      "engine",
      ...levels.map((q) => `p${Number((100 * q).toPrecision(6))}`),
      "mean",
      "cold",
      "status",
    ];
    const rows = figuresOf(reported).map(({ from, target }) => [
      target.name,
      from,
      ...levels.map((q) => time(target.latency.quantiles.find((row) => row.q === q)?.value)),
      time(target.latency.mean),
      share(target.cold.probability),
      target.status,
    ]);
    const judged = (comparison?.targets ?? []).flatMap((target) =>
      [target, ...target.alsoJudged].map((judgement) => judgedRow(target.name, judgement)),
    );
    const verdict = comparison === null ? [] : [`**Verdict: ${comparison.verdict}**`, ""];
    const table =
      judged.length === 0 ? [] : ["", ...tableOf(["target", "judged", "verdict", "worst quantile", "why"], judged)];
    const notes = (comparison?.notes ?? []).map((note) => `- ${escaped(note)}`);
    const tail = notes.length === 0 ? [] : ["", ...notes];
    return [
      `### coldcast: ${escaped(scenario.name)}`,
      "",
      ...verdict,
      ...tableOf(head, rows),
      ...table,
      ...tail,
      "",
    ].join("\n");
  },
};

function judgedRow(name: string, { judged, judgedBy, verdict, quantiles, reasons }: Judgement): string[] {
  const worst = [...quantiles].sort((a, b) => Math.abs(Math.log(b.ratio.value)) - Math.abs(Math.log(a.ratio.value)))[0];
  const text =
    worst === undefined
      ? "–"
      : `p${Number((100 * worst.q).toPrecision(6))}: ${formatDuration(worst.predicted)} for ${formatDuration(worst.measured)} (×${Number(worst.ratio.value.toPrecision(3))})`;
  return [name, judged === null ? "–" : `${judged} by ${judgedBy}`, verdict, text, reasons.join("; ")];
}

const tableOf = (head: readonly string[], rows: readonly (readonly string[])[]): string[] => [
  `| ${head.join(" | ")} |`,
  `| ${head.map(() => "---").join(" | ")} |`,
  ...rows.map((cells) => `| ${cells.map(escaped).join(" | ")} |`),
];

const time = (estimate: Estimate | undefined): string =>
  estimate === undefined || Number.isNaN(estimate.value) ? "–" : formatDuration(estimate.value);
const share = ({ value }: Estimate): string =>
  Number.isNaN(value) ? "–" : `${Number((100 * value).toPrecision(3))} %`;

/** A name must not become markup, nor end its cell. */
const escaped = (text: string): string =>
  text.replace(/[\\`*_[\]<>|&]/g, (character) => `\\${character}`).replace(/\s+/g, " ");
