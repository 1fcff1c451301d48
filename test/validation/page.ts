import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";

/**
 * Replaces one marked section of docs/validation.md, or of another page of docs, and nothing else of it.
 *
 * @throws {Error} where the page lacks the marks
 */
export function writeSection(name: string, command: string, body: readonly string[], file = "validation.md"): void {
  const page = new URL(`../../docs/${file}`, import.meta.url);
  const begin = `<!-- ${name}: begin (made by \`${command}\`) -->`;
  const end = `<!-- ${name}: end -->`;
  const before = readFileSync(page, "utf8");
  const [head, rest] = [before.indexOf(begin), before.indexOf(end)];
  if (head < 0 || rest < head) throw new Error(`docs/${file} lacks the marks ${begin} … ${end}`);
  const section = [begin, "", ...body.flatMap((part) => [part, ""])].join("\n");
  writeFileSync(page, before.slice(0, head) + section + before.slice(rest));
}

export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [header, header.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** What the figures were made on. */
export function machine(): string {
  const processors = cpus();
  return `Machine: ${processors.length} × ${processors[0]?.model.trim()}, Node ${process.version}.`;
}

/** Three digits; a dash for what is not known. */
export function milliseconds(seconds: number): string {
  return Number.isFinite(seconds) ? `${Number((seconds * 1e3).toPrecision(3))} ms` : "–";
}

/** A share as a percentage. */
export function percent(share: number, digits = 1): string {
  return Number.isFinite(share) ? `${(100 * share).toFixed(digits)} %` : "–";
}

/** Bold where a figure misses what was asked of it. */
export function marked(text: string, isWithin: boolean): string {
  return isWithin ? text : `**${text}**`;
}

/** Mean of |predicted/measured − 1|. */
export function meanError(rows: readonly { readonly predicted: number; readonly measured: number }[]): number {
  return rows.reduce((sum, { predicted, measured }) => sum + Math.abs(predicted / measured - 1), 0) / rows.length;
}
