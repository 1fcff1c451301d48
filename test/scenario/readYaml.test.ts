import { describe, expect, it } from "vitest";
import { InputError, ScenarioError } from "../../src/base/check.ts";
import { parseScenario } from "../../src/scenario/parse.ts";
import { readYaml } from "../../src/scenario/readYaml.ts";

/** What is said against a text, each issue as `line:column path: message`. */
function said(read: () => unknown): string[] {
  try {
    read();
    return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.issues.map(({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`);
  }
}

describe("the place of a problem", () => {
  it("is its value, its key where that is wrong, or the nearest part that is there", () => {
    const text = `name: x
duration: 1min
arrivals: { kind: poisson, rate: 5/s }
work: { kind: gamma, mean: 1s }
targets:
  one:
    kind: server
    keepAlive: 30
    servrs: 2
  5: 3
report:
  cdfAt:
    - 5ms
    - 5
`;
    expect(said(() => parseScenario(text)).map((issue) => issue.replace(/: .*/, ""))).toEqual([
      "4:7 work.scv",
      "8:16 targets.one.keepAlive",
      "9:5 targets.one",
      "10:6 targets.5",
      "14:7 report.cdfAt[1]",
    ]);
  });

  it("is found by any path, and is the beginning where there is nothing", () => {
    const { place } = readYaml("a:\n  - b: 1\n  - 2\nc: 3\n", "x.yaml");
    const at = (...path: PropertyKey[]) => {
      const { line, column } = place({ path, message: "" });
      return `${line}:${column}`;
    };
    expect(at()).toBe("1:1");
    expect(at("a")).toBe("2:3");
    expect(at("a", 0)).toBe("2:5");
    expect(at("a", 0, "b")).toBe("2:8");
    expect(at("a", 1)).toBe("3:5");
    expect(at("a", 1, "b")).toBe("3:5");
    expect(at("a", 7)).toBe("2:3");
    expect(at("c")).toBe("4:4");
    expect(at("d", "e")).toBe("1:1");
    expect(place({ path: ["a", 0], key: "b", message: "" })).toEqual({ line: 2, column: 5 });
    expect(place({ path: [], key: "c", message: "" })).toEqual({ line: 4, column: 1 });
    expect(readYaml("", "x.yaml").place({ path: ["a"], message: "" })).toEqual({ line: 1, column: 1 });
  });
});

describe("a text that is read", () => {
  const value = (text: string) => readYaml(text, "x.yaml").value;

  it("has texts, numbers, lists and mappings, whatever it asks for", () => {
    expect(value("{ a: 2001-12-14, b: 0x10, c: ~, d: yes, <<: { e: 1 }, f: 12345678901234567890 }")).toEqual({
      a: "2001-12-14",
      b: 16,
      c: null,
      d: "yes",
      "<<": { e: 1 },
      f: Number("12345678901234567890"),
    });
    expect(value("%YAML 1.1\n---\na: yes\n")).toEqual({ a: "yes" });
    expect(value("a: &x [1]\nb: *x\n")).toEqual({ a: [1], b: [1] });
  });

  it("may repeat an anchored part a hundred times", () => {
    const repeats = (times: number) => `a: &a 1\nb: [${Array(times).fill("*a").join(", ")}]`;
    expect(said(() => value(repeats(100)))).toEqual([]);
    expect(said(() => value(repeats(101)))).toEqual(["1:1 : repeats anchored parts too often (over 100 times)"]);
  });

  it.each([
    ["a: 1\nb: 2\na: 3\n", ["3:1 : not valid YAML: Map keys must be unique"]],
    ['{ 1: a, "1": b }', ["1:9 : not valid YAML: Map keys must be unique"]],
    [
      "a: { b: 1, b: 2 }\nc: { d: 1, d: 2 }",
      ["1:12 : not valid YAML: Map keys must be unique", "2:12 : not valid YAML: Map keys must be unique"],
    ],
    ["a: !odd 1", ["1:4 : not valid YAML: Unresolved tag: !odd"]],
  ])("is refused where it is none: %j", (text, issues) => {
    expect(said(() => value(text))).toEqual(issues);
  });

  it("tells ten faults, and throws what it is asked to", () => {
    const doubled = `a: 1\n${"a: 1\n".repeat(12)}`;
    expect(said(() => value(doubled))).toHaveLength(10);
    expect(() => value(doubled)).not.toThrow(ScenarioError);
    expect(() => readYaml(doubled, "x.yaml", ScenarioError)).toThrow(ScenarioError);
    expect(() => readYaml(`${"[".repeat(65)}${"]".repeat(65)}`, "x.yaml")).toThrow(
      "x.yaml:1:2: 0: nested over 64 levels deep",
    );
    expect(() => readYaml(`a: ${"[".repeat(64)}${"]".repeat(64)}`, "x.yaml")).toThrow(
      "x.yaml:1:4: a: nested over 64 levels deep",
    );
  });
});
