import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";

const files = globSync(["*.md", "docs/**/*.md", "functions/*.md", "test/**/*.md"], {
  exclude: ["**/node_modules/**"],
}).sort();
const verbs = [...readFileSync("src/cli/main.ts", "utf8").matchAll(/^ {2}(\w+): async \(\) =>/gm)].map(
  ([, verb]) => verb,
);

describe("the documentation", () => {
  it.each(files)("%s links to files that exist", (file) => {
    const links = [...readFileSync(file, "utf8").matchAll(/\[[^\]]*\]\(([^)#\s]+)[^)]*\)/g)].map((match) => match[1]!);
    const missing = links.filter((link) => !/^[a-z]+:/.test(link) && !existsSync(join(dirname(file), link)));
    expect(missing).toEqual([]);
  });

  it.each(files)("%s names only verbs and scripts that exist", (file) => {
    const text = readFileSync(file, "utf8");
    const { scripts } = JSON.parse(readFileSync("package.json", "utf8"));
    const wrongVerbs = [...text.matchAll(/node bin\/coldcast\.js +([a-z]\w*)/g)].filter(
      ([, verb]) => !verbs.includes(verb!),
    );
    const wrongScripts = [...text.matchAll(/npm run ([\w:-]+)/g)].filter(([, name]) => !(name! in scripts));
    expect([...wrongVerbs, ...wrongScripts].map(([all]) => all)).toEqual([]);
  });
});
