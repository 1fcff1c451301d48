import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readScenario, readTextFile } from "../../src/cli/files.ts";
import { mergeSweeps } from "../../src/cli/sweepFile.ts";
import { parseRules } from "../../src/live/pipeline/rules.ts";
import { answerFromJson } from "../../src/report/json.ts";
import { parseScenario } from "../../src/scenario/parse.ts";
import { parseVariation } from "../../src/scenario/parseVariation.ts";
import { sweepPoints } from "../../src/scenario/variations.ts";

const fields = "name: x\nduration: 1s\narrivals: { kind: poisson, rate: 1/s }\ntargets: { one: { kind: server } }\n";
const said = (work: () => unknown): string => {
  try {
    work();
    return "no error";
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : "no error";
  }
};
const messageOf = (text: string): string => said(() => parseScenario(text, { file: "x.yaml", readText: () => "" }));

describe("a scenario file that means harm", () => {
  it("may repeat its parts a hundred times and no more", () => {
    const letters = [..."abcdefghij"];
    const bomb = letters.map((name, i) => {
      const parts = i === 0 ? "x" : `*${letters[i - 1]}`;
      return `${name}: &${name} [${Array.from({ length: 9 }, () => parts).join(",")}]`;
    });
    const rule = "repeats anchored parts too often (over 100 times)";
    expect(messageOf(bomb.join("\n"))).toContain(rule);
    expect(said(() => parseRules(bomb.join("\n"), "rules.yaml"))).toContain(`InputError: rules.yaml:1:1: ${rule}`);
    expect(said(() => parseVariation(`work=1ms, {${bomb.join(",")}}`))).toContain("cannot be read as values");
  });

  it("cannot hold itself", () => {
    expect(messageOf(`${fields}work: &a { kind: shifted, by: 1ms, of: *a }\n`)).toContain(
      "x.yaml:5:10: work: nested over 64 levels deep",
    );
    expect(messageOf("&a [*a, [*a, *a], { x: *a, y: *a }]")).toContain("nested over 64 levels deep");
  });

  it("cannot reach an object's prototype", () => {
    const message = messageOf(
      `${fields}work: 1ms\n__proto__: { polluted: true }\nconstructor: { prototype: { polluted: true } }\n`,
    );
    expect(message).toContain('unknown key "__proto__"');
    expect(message).toContain('unknown key "constructor"');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    const answer = answerFromJson(
      '{"coldcast":1,"from":"sim","scenario":"s","seed":1,"provenance":{"version":"1","scenarioSha256":""},"__proto__":{"polluted":1},"targets":[{"name":"a","kind":"k","status":"unavailable","reason":"r","__proto__":{"polluted":1}}]}',
    );
    expect([answer, answer.targets[0]].map((each) => (each as unknown as { polluted?: unknown }).polluted)).toEqual([
      undefined,
      undefined,
    ]);
  });

  it("has no dates, sets or merged keys, whatever it asks for", () => {
    for (const part of ["!!set { a }", "!!timestamp 2001-12-14", "!!binary aGk=", "!!js/function 'x'"])
      expect(messageOf(`${fields}work: ${part}\n`)).toMatch(
        /^ScenarioError: x\.yaml:5:7: not valid YAML: Unresolved tag/,
      );
    expect(messageOf(`%YAML 1.1\n---\n<<: { name: y }\n${fields}work: 1ms\n`)).toContain('unknown key "<<"');
  });

  it("has a limit to its depth and its length, and is told which and where", () => {
    expect(messageOf(`name: ${"[".repeat(20_000)}${"]".repeat(20_000)}`)).toContain("nested too deeply");
    const nested = `work: ${"{ kind: shifted, by: 1ms, of: ".repeat(80)}1ms${" }".repeat(80)}\n`;
    expect(messageOf(fields + nested)).toBe("ScenarioError: x.yaml:5:7: work: nested over 64 levels deep");
    const long = `work: { kind: empirical, values: [${"1ms,".repeat(600_000)}1ms] }\n`;
    expect(messageOf(fields + long)).toMatch(
      /x\.yaml: is 2400\d+ characters long, and 2097152 are the most; .* name it by "file"/,
    );
  });

  it("is told a hundred of its problems, and how many more there are", () => {
    const lines = messageOf(
      `${fields}work: { kind: discrete, probabilities: [1], values: [${"x,".repeat(5000)}1ms] }\n`,
    ).split("\n");
    expect(lines.length).toBe(101);
    expect(lines.at(-1)).toMatch(/and 49\d\d problems more/);
  });

  it("cannot write on the terminal, nor fill it", () => {
    const message = messageOf(`${fields}work: "\\e[2J\\u202e\\u0007"\n"\\e[31mkey": 1\n`);
    expect(message).toContain('"\\u001b[2J\\u202e\\u0007" is not a duration');
    expect(message).toContain('unknown key "\\u001b[31mkey"');
    expect(messageOf(`${fields}work: "${"9".repeat(100_000)}"\n`).length).toBeLessThan(3000);
  });
});

describe("variations", () => {
  it("that are no list of values are refused", () => {
    expect(said(() => parseVariation("work=1]: [2"))).toMatch(/^InputError: --vary: .*cannot be read as values/);
  });

  it("of a part and of the whole that holds it cannot be had together", () => {
    const points = () =>
      sweepPoints({ arrivals: {} }, [parseVariation("arrivals=1,2"), parseVariation("arrivals.rate=1/s")], {});
    expect(said(points)).toBe("InputError: scenario: arrivals.rate: is varied as a part of what is varied as a whole");
  });
});

describe("an answer that means harm", () => {
  it("has a limit to its depth", () => {
    const deep = `${'{"a":'.repeat(5000)}1${"}".repeat(5000)}`;
    expect(said(() => answerFromJson(`{"coldcast":1,"x":${deep}}`, "a.json"))).toBe(
      "InputError: a.json: x: nested over 64 levels deep",
    );
  });

  it("holds no number that is too large for one, not even where nothing is looked for", () => {
    expect(said(() => answerFromJson('{"coldcast":1,"targets":[{"x":-1e999}]}', "a.json"))).toBe(
      "InputError: a.json: targets.0.x: too large for a number",
    );
  });

  it("cannot ask for a sweep of a million million points", () => {
    const line = JSON.stringify({ coldcastSweep: 1, sweep: "s", point: 0, of: 1e12, values: {}, answer: {} });
    expect(said(() => mergeSweeps([{ file: "a.ndjson", text: line }]))).toBe(
      "InputError: a.ndjson:1:1: is no line of a coldcast sweep",
    );
  });
});

describe("files", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "coldcast-limits-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("that are too long to be read as a whole are refused unread", () => {
    const file = join(folder, "long.yaml");
    writeFileSync(file, "");
    truncateSync(file, 2 ** 33);
    expect(said(() => readTextFile(file))).toBe(
      `InputError: ${file}: has 8589934592 bytes; what is read as a whole may have 536870912`,
    );
  });

  it("that a scenario names lie in its folder, by every way there is out of it", () => {
    const inside = join(folder, "inside");
    mkdirSync(join(inside, "sub"), { recursive: true });
    writeFileSync(join(folder, "secret.csv"), "1\n2\n");
    writeFileSync(join(inside, "own.csv"), "1\n2\n");
    symlinkSync(join(folder, "secret.csv"), join(inside, "link.csv"));
    symlinkSync(folder, join(inside, "sub", "up"));
    symlinkSync("own.csv", join(inside, "alias.csv"));
    const reading = (file: string): string => {
      const own = fields.replace("poisson, rate: 1/s", `trace, file: ${JSON.stringify(file)}, column: 1`);
      writeFileSync(join(inside, "s.yaml"), `${own}work: 1ms\n`);
      return said(() => readScenario(join(inside, "s.yaml")));
    };
    for (const file of ["own.csv", "./own.csv", "sub/../own.csv".replace("sub/../", ""), "alias.csv"])
      expect(reading(file)).toBe("no error");
    const outside = [
      "../secret.csv",
      "sub/../../secret.csv",
      "..\\secret.csv",
      join(folder, "secret.csv"),
      "C:\\x.csv",
      "\\\\host\\x.csv",
      "link.csv",
      "sub/up/secret.csv",
      "own.csv\u0000.txt",
    ];
    for (const file of outside)
      expect([file, reading(file)]).toEqual([file, expect.stringContaining("is outside the scenario's folder")]);
    expect(reading("sub")).toContain('"sub" is no file');
    expect(reading("file:///etc/passwd")).toMatch(/there is no such file|outside/);
  });
});
