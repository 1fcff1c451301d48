import { globSync, readFileSync } from "node:fs";
import { parseAst } from "rolldown/parseAst";

/** A regular expression of the source, with where it stands. */
export interface Found {
  readonly place: string;
  readonly source: string;
  readonly flags: string;
}

/** Every literal of the source; what `new RegExp` makes is heard while its file is loaded. */
export async function sourceRegexes(): Promise<readonly Found[]> {
  const files = globSync("src/**/*.ts").toSorted();
  const texts = files.map((file) => ({ file, text: readFileSync(file, "utf8") }));
  const literals = texts.flatMap(({ file, text }) => literalsOf(file, text));
  const makers = texts.filter(({ text }) => text.includes("new RegExp(")).map(({ file }) => file);
  return [...literals, ...(await madeBy(makers))];
}

function literalsOf(file: string, text: string): Found[] {
  const found: Found[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    const { type, regex, start } = node as {
      type?: string;
      regex?: { pattern: string; flags: string };
      start?: number;
    };
    if (type === "Literal" && regex !== undefined) {
      const line = text.slice(0, start).split("\n").length;
      found.push({ place: `${file}:${line}`, source: regex.pattern, flags: regex.flags });
    }
    for (const value of Object.values(node)) visit(value);
  };
  visit(parseAst(text, { lang: "ts" }, file));
  return found;
}

async function madeBy(files: readonly string[]): Promise<Found[]> {
  const found: Found[] = [];
  const Original = globalThis.RegExp;
  for (const file of files) {
    globalThis.RegExp = new Proxy(Original, {
      construct: (target, [source, flags = ""]: [string, string?]) => {
        found.push({ place: file, source: String(source), flags });
        return new target(source, flags);
      },
    });
    try {
      // A query of its own, so that it is loaded anew.
      await import(new URL(`../../${file}?heard`, import.meta.url).href);
    } finally {
      globalThis.RegExp = Original;
    }
  }
  return found;
}
