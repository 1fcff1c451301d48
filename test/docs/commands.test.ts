import { existsSync, globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { toScenario } from "../../src/scenario/parse.ts";

const files = globSync(["README.md", "docs/*.md", "k8s/*/README.md"]).sort();

/** What a block of the documentation leaves out of a scenario. */
const rest = {
  name: "example",
  duration: "1min",
  arrivals: { kind: "poisson", rate: "5/s" },
  work: "10ms",
  targets: { one: { kind: "server" } },
};

function blocks(file: string, language: string): string[] {
  const found = readFileSync(file, "utf8").matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, "gm"));
  return [...found].map(([, block]) => block!);
}

describe("what the documentation tells to type", () => {
  it.each(globSync("test/golden/cli/help-*.txt").sort())("%s has examples", (file) => {
    expect(readFileSync(file, "utf8")).toMatch(/\nExamples:\n {2}\$ coldcast /);
  });

  it.each(files)("%s names only verbs and options that there are", (file) => {
    const commands = blocks(file, "sh").flatMap((block) =>
      [
        ...block
          .replaceAll("\\\n", " ")
          .matchAll(/(?:node bin\/coldcast\.js|^coldcast|\$ coldcast) +([a-z]+)([^#\n]*)/gm),
      ].map(([all, verb, args]) => ({ all, verb: verb!, args: args! })),
    );
    const wrong = commands.filter(({ verb, args }) => {
      const help = `test/golden/cli/help-${verb}.txt`;
      if (!existsSync(help)) return verb !== "complete";
      const known = readFileSync(help, "utf8");
      return [...args.matchAll(/(?<=\s)--[a-z-]+/g)].some(([option]) => !new RegExp(`${option}[ ,\n]`).test(known));
    });
    expect(wrong.map(({ all }) => all)).toEqual([]);
  });

  it.each(files)("%s shows only scenarios that are taken", (file) => {
    for (const block of blocks(file, "yaml")) {
      const document = parse(block) as Record<string, unknown>;
      if ("apiVersion" in document) continue;
      expect(toScenario({ ...rest, ...document } as never).targets.length, block).toBeGreaterThan(0);
    }
  });
});
