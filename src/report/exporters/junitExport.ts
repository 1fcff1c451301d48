import { InputError } from "../../base/check.ts";
import type { Comparison, Judgement, QuantileComparison } from "../compare.ts";
import type { Exporter } from "./exporter.ts";

interface Case {
  readonly name: string;
  readonly target: string;
  readonly verdict: Comparison["verdict"];
  readonly text: string;
}

/** JUnit XML of a comparison: a test per target and quantile; what disagrees fails, what is inconclusive is skipped. */
export const junitExport: Exporter = {
  format: "junit",
  describes: "JUnit XML of the verdict",
  write({ scenario, comparison }) {
    if (comparison === null) {
      throw new InputError("report", [
        { path: "", message: "there is no verdict: give a prediction and a measurement" },
      ]);
    }
    const cases = comparison.targets.flatMap((target) =>
      [target, ...target.alsoJudged].flatMap((judgement) => casesOf(target.name, judgement)),
    );
    const failures = cases.filter(({ verdict }) => verdict === "disagree").length;
    const skipped = cases.filter(({ verdict }) => verdict === "inconclusive").length;
    const counts = `tests="${cases.length}" failures="${failures}" errors="0" skipped="${skipped}"`;
    return [
      '<?xml version="1.0" encoding="UTF-8"?>',
      `<testsuites name="coldcast" ${counts}>`,
      `  <testsuite name="${escaped(scenario.name)}" ${counts}>`,
      ...cases.map(caseText),
      "  </testsuite>",
      "</testsuites>",
      "",
    ].join("\n");
  },
};

function casesOf(target: string, judgement: Judgement): readonly Case[] {
  const { judged, judgedBy, quantiles, reasons, verdict, ks, ksVerdict } = judgement;
  const by = `${judged ?? "nothing"} by ${judgedBy}`;
  const rows = quantiles.map((row) => ({
    name: `${by}: p${100 * row.q}`,
    target,
    verdict: row.verdict,
    text: quantileText(row),
  }));
  const distance = ksVerdict === null ? [] : [{ name: `${by}: KS`, target, verdict: ksVerdict, text: `KS ${ks}` }];
  // What speaks against the whole, such as a late replay, is no quantile's.
  const whole = reasons.length === 0 ? [] : [{ name: `${by}: verdict`, target, verdict, text: reasons.join("; ") }];
  return [...rows, ...distance, ...whole];
}

const quantileText = ({ predicted, measured, ratio }: QuantileComparison): string =>
  `predicted ${predicted} s, measured ${measured} s, ratio ${ratio.value} (${ratio.low} to ${ratio.high})`;

function caseText({ name, target, verdict, text }: Case): string {
  const open = `    <testcase classname="${escaped(target)}" name="${escaped(name)}" time="0"`;
  if (verdict === "agree") return `${open}/>`;
  const inner =
    verdict === "disagree" ? `<failure message="${escaped(text)}"/>` : `<skipped message="${escaped(text)}"/>`;
  return `${open}>${inner}</testcase>`;
}

/** XML has no way to write most control characters at all. */
const escaped = (text: string): string =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML 1.0 cannot hold.
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
