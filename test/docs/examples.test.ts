import { globSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { distributions } from "../../src/distributions/index.ts";
import { parseScenario } from "../../src/scenario/parse.ts";
import { runSnippet } from "./snippet.ts";

/** What a snippet may use without saying where it comes from. */
const scenario = parseScenario(`
name: example
seed: 7
duration: 30s
arrivals: { kind: poisson, rate: 5/s }
work: { kind: exponential, mean: 10ms }
targets:
  single: { kind: server, coldStart: 1s, keepAlive: 10s }
`);

interface Example {
  readonly name: string;
  readonly file: string;
  readonly code: string;
}

const inSources = globSync("src/**/*.ts").sort().flatMap(docstringExamples);
const inDocs = globSync(["README.md", "docs/*.md"]).sort().flatMap(markdownExamples);

describe("examples in docstrings are true", () => {
  it.each(inSources)("$name", async ({ file, code }) => {
    await expectTrue(code, await import(/* @vite-ignore */ resolve(file)));
  });
});

describe("examples in the documentation are true", () => {
  it.each(inDocs)("$name", async ({ code }) => {
    await expectTrue(code, {});
  });
});

async function expectTrue(code: string, own: object): Promise<void> {
  const everything = await import("../../src/index.ts");
  const claims = await runSnippet(code, { ...distributions, ...everything, scenario, ...own });
  for (const { code: claimed, actual, expected } of claims) {
    if (typeof expected === "number" && Number.isFinite(expected) && !Number.isInteger(expected)) {
      expect(Math.abs((actual as number) / expected - 1), `${claimed} is ${String(actual)}`).toBeLessThan(1e-12);
    } else expect(actual, claimed).toEqual(expected);
  }
}

function docstringExamples(path: string): Example[] {
  const file = path.replaceAll("\\", "/");
  const comments = readFileSync(file, "utf8").matchAll(/\/\*\*[\s\S]*?\*\//g);
  return [...comments].flatMap(([comment], i) => {
    const text = comment.replace(/^\s*\*(\/| ?)/gm, "").replace(/\*\/$/, "");
    const example = /@example\n([\s\S]*?)(?=\n@|$)/.exec(text);
    return example === null ? [] : [{ name: `${file} #${i + 1}`, file, code: example[1]! }];
  });
}

function markdownExamples(file: string): Example[] {
  const blocks = readFileSync(file, "utf8").matchAll(/^```(?:ts|typescript)\n([\s\S]*?)^```/gm);
  return [...blocks]
    .filter(([, code]) => !code!.includes("// (sketch)"))
    .map(([, code], i) => ({ name: `${file} #${i + 1}`, file, code: code! }));
}
