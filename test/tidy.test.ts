import { globSync, readFileSync } from "node:fs";
import { basename, dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";

interface Source {
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
}

const sources: readonly Source[] = globSync("src/**/*.ts")
  .map((path) => path.replaceAll("\\", "/"))
  .sort()
  .map((path) => {
    const text = readFileSync(path, "utf8");
    return { path, text, lines: text.trimEnd().split("\n") };
  });

/** A file imports from its own folder and from folders with a smaller number; engines (4) never from each other. */
const layers: Readonly<Record<string, number>> = {
  base: 0,
  random: 1,
  numerics: 1,
  stats: 2,
  distributions: 2.1,
  arrivals: 2.2,
  policies: 2.3,
  scenario: 3,
  model: 4,
  sim: 4,
  live: 4,
  report: 5,
  "browser.ts": 6,
  "index.ts": 7,
  cli: 7,
};

describe("the direction of imports", () => {
  it("knows every folder", () => {
    expect([...new Set(sources.map(({ path }) => folderOf(path)))].filter((folder) => !(folder in layers))).toEqual([]);
  });

  it("never goes up or sideways", () => {
    const wrong = sources.flatMap((source) =>
      importsOf(source)
        .filter((target) => target.startsWith("."))
        .map((target) => normalize(join(dirname(source.path), target)))
        .filter((target) => !mayImport(folderOf(source.path), folderOf(target)))
        .map((target) => `${source.path} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it("reaches the outside world only from live and cli", () => {
    const outside = /^(node:|undici|cloudevents)/;
    const wrong = sources
      .filter(({ path }) => !["live", "cli"].includes(folderOf(path)))
      .flatMap((source) => importsOf(source).map((target) => [source.path, target] as const))
      .filter(([, target]) => outside.test(target));
    expect(wrong).toEqual([]);
  });

  it("keeps the browser's part free of live", () => {
    const wrong = importsOf(sources.find(({ path }) => path === "src/browser.ts")!).filter((target) =>
      /live|cli/.test(target),
    );
    expect(wrong).toEqual([]);
  });
});

describe("size", () => {
  it("no file is over 400 lines", () => {
    expect(
      sources.filter(({ lines }) => lines.length > 400).map(({ path, lines }) => `${path}: ${lines.length}`),
    ).toEqual([]);
  });

  it("the median file is under 100 lines", () => {
    const lengths = sources.map(({ lines }) => lines.length).sort((a, b) => a - b);
    expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThan(100);
  });

  it("no function is over 70 lines", () => {
    expect(sources.flatMap(longFunctions)).toEqual([]);
  });

  it("no folder is nested more than two deep", () => {
    expect(sources.map(({ path }) => path).filter((path) => path.split("/").length > 4)).toEqual([]);
  });
});

describe("what is banned names its replacement", () => {
  const outsideWorld = ["live", "cli"];
  const banned: readonly (readonly [pattern: RegExp, instead: string, allowedIn: readonly string[]])[] = [
    [/Math\.random/, "source(name) from random/source.ts", []],
    [/Date\.now/, "clock.now() of live/clock.ts", []],
    [/\bperformance\.now/, "clock.now() of live/clock.ts", outsideWorld],
    [/\bnew Date\(/, "pass the time in", outsideWorld],
    [/\bset(Timeout|Interval|Immediate)\(/, "clock.sleepUntil of live/clock.ts", outsideWorld],
    [/\bconsole\./, "return it, or write through cli/terminal.ts", []],
    [/(:|\bas|<)\s*any\b/, "unknown and a check", []],
    [/^export default\b/m, "a named export", []],
    [/^\s*enum\b|^export enum\b/m, "a union of strings", []],
    [/@ts-(ignore|nocheck)/, "a type that is true", []],
    [/\bdebugger\b/, "nothing", []],
  ];

  it.each(banned)("%s: use %s", (pattern, _instead, allowedIn) => {
    const found = sources
      .filter(({ path }) => !allowedIn.includes(folderOf(path)))
      .filter(({ text }) => pattern.test(withoutComments(text)));
    expect(found.map(({ path }) => path)).toEqual([]);
  });

  it("file names say what is inside", () => {
    expect(sources.map(({ path }) => path).filter((path) => /utils?|common|helpers?/i.test(basename(path)))).toEqual(
      [],
    );
  });
});

function folderOf(path: string): string {
  return path.replaceAll("\\", "/").split("/")[1]!;
}

function mayImport(from: string, to: string): boolean {
  return from === to || layers[from]! > layers[to]! || (from === "index.ts" && to === "browser.ts");
}

function importsOf({ text }: Source): string[] {
  const patterns = [/^(?:import|export)\b[^;"']*?from "([^"]+)"/gm, /^import "([^"]+)"/gm, /\bimport\("([^"]+)"\)/g];
  return patterns.flatMap((pattern) => [...text.matchAll(pattern)].map((match) => match[1]!));
}

/**
 * Functions of formatted code end with a brace at the indentation they began with.
 *
 * What a factory returns or uses are functions of their own, as the methods of a class would be: a function's length
 * is that of its own lines.
 */
function longFunctions({ path, lines }: Source): string[] {
  const starts =
    /^(\s*)(?:(?:export )?(?:async )?function\b|.*=> \{$|(?!if|for|while|switch|return|\}|catch)(?:async |static |get |set |\*)*#?\w+(?:<.*>)?\(.*\{$)/;
  const spans = lines.flatMap((line, first) => {
    const indentation = starts.exec(line)?.[1];
    if (indentation === undefined) return [];
    const last = lines.findIndex((other, j) => j > first && other.startsWith(`${indentation}}`));
    return last < 0 ? [] : [{ first, last }];
  });
  return spans.flatMap(({ first, last }) => {
    let own = 0;
    for (let i = first; i <= last; i++) {
      const inner = spans.find((span) => span.first === i && span.first > first && span.last < last);
      if (inner !== undefined) i = inner.last;
      else own++;
    }
    return own > 70 ? [`${path}:${first + 1}: ${own} lines of its own`] : [];
  });
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "");
}
