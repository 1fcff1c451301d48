import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { ScenarioError } from "../../src/base/check.ts";
import { readScenario } from "../../src/cli/files.ts";

const folder = "test/golden/broken";
const files = globSync(`${folder}/*.yaml`).sort();

describe("broken scenarios say exactly what is wrong", () => {
  it("covers at least 25", () => {
    expect(files.length).toBeGreaterThanOrEqual(25);
  });

  it.each(files)("%s", (file) => {
    const message = messageOf(file);
    const golden = join(folder, `${basename(file, ".yaml")}.txt`);
    if (process.env.UPDATE_GOLDEN === "1") writeFileSync(golden, `${message}\n`);
    expect(existsSync(golden), `${golden} is missing: UPDATE_GOLDEN=1 writes it`).toBe(true);
    expect(`${message}\n`).toBe(readFileSync(golden, "utf8"));
  });
});

function messageOf(file: string): string {
  try {
    readScenario(file);
  } catch (error) {
    expect(error).toBeInstanceOf(ScenarioError);
    return (error as Error).message;
  }
  throw new Error(`${file} was accepted`);
}
