import { describe, expect, it } from "vitest";
import type { InputError } from "../../src/base/check.ts";
import { parseVariation } from "../../src/scenario/parseVariation.ts";
import { pointName, sweepPoints } from "../../src/scenario/variations.ts";

describe("parseVariation", () => {
  it.each([
    ["a=0,1,2", [0, 1, 2]],
    ["a=10/s, 20/s", ["10/s", "20/s"]],
    ["a=true,forever", [true, "forever"]],
    ["a={kind: exponential, mean: 5ms},7ms", [{ kind: "exponential", mean: "5ms" }, "7ms"]],
    ["a=1..64:log:7", [1, 2, 4, 8, 16, 32, 64]],
    ["a=0..1:5", [0, 0.25, 0.5, 0.75, 1]],
    ["a=0..1:lin:2", [0, 1]],
    ["a=10/s..500/s:log:3", ["10/s", "70.7106781187/s", "500/s"]],
    ["a=1ms..1s:log:4", ["0.001s", "0.01s", "0.1s", "1s"]],
    ["a=5ms..80ms:log:5", ["5ms", "10ms", "20ms", "40ms", "80ms"]],
    ["a=64MiB..128MiB:3", ["64MiB", "96MiB", "128MiB"]],
    ["a=3..1:3", [3, 2, 1]],
    ["a=-1..1:3", [-1, 0, 1]],
    ["a=+.5..1e1:2", [0.5, 10]],
    ["a = 1, 2 ", [1, 2]],
    ["a=60/min..2/s:2", ["1/s", "2/s"]],
    ["a=1MiB..1GiB:2", ["1048576B", "1073741824B"]],
    ["a=1 s..3 s:3", ["1s", "2s", "3s"]],
    ["a={kind: x, to: 1..2}", [{ kind: "x", to: "1..2" }]],
    ['a="a,b",c', ["a,b", "c"]],
  ])("reads %s", (text, values) => {
    expect(parseVariation(text)).toEqual({ path: "a", values });
  });

  it.each([
    ["minScale", "write PATH=VALUE"],
    ["a=", "write PATH=VALUE"],
    ["a=1,~,2", "has an empty value"],
    ["a=1,,2", "cannot be read as values"],
    ["a={b", "cannot be read as values"],
    ["a=1,2,1", "has the value 1 twice"],
    ["a=1..5", "a range needs how many values"],
    ["a=1..5:log", "a range needs how many values"],
    ["a=1..5:1", "from 2 to 10000 values"],
    ["a=1ms..5:2", "must both be numbers, durations"],
    ["a=0..5:log:3", "must not reach 0"],
    ["a=5..5:3", "two different ends"],
    ["=1", "write PATH=VALUE"],
    [" =1", "write PATH=VALUE"],
    ["a=-1..5:log:3", "must not reach 0"],
    ["a=1..-5:log:3", "must not reach 0"],
    ["a=1..5:10001", "from 2 to 10000 values"],
    ["a=1..5:3x", "a range needs how many values"],
    ["a=1..x:3", '"1" and "x" must both be numbers'],
    ["a=1e..5:3", "must both be numbers"],
    ["a={b: 1},{b: 1}", 'has the value {"b":1} twice'],
    ["a=1,2,1", "--vary: a=1,2,1: has the value 1 twice"],
  ])("refuses %s", (text, message) => {
    expect(() => parseVariation(text)).toThrow(message);
  });
});

it("a range has its ends to the last digit, and as many values as it may", () => {
  const { values } = parseVariation("a=0.1..0.3:10000");
  expect([values.length, values[0], values.at(-1)]).toEqual([10_000, 0.1, 0.3]);
});

describe("sweepPoints", () => {
  const document = {
    name: "s",
    duration: "1min",
    arrivals: { kind: "poisson", rate: "5/s" },
    work: "10ms",
    targets: { faas: { kind: "knative" }, waas: { kind: "spinkube", replicas: 1 } },
  };
  const points = (...texts: string[]) => sweepPoints(document, texts.map(parseVariation), { file: "s.yaml" });

  it("is the product, in order, of checked scenarios", () => {
    const made = points("targets.faas.minScale=0,1", "report.objective=50ms,100ms", "seed=1,2,3");
    expect(made).toHaveLength(12);
    expect(made.map(({ scenario }) => scenario.seed).slice(0, 4)).toEqual([1, 2, 3, 1]);
    expect(made[9]!.scenario.targets[0]).toMatchObject({ minScale: 1 });
    expect(made[9]!.scenario.report.objective).toBe(0.1);
    expect(document.targets.faas).toEqual({ kind: "knative" });
  });

  it.each([
    ["targets.fass.minScale=1", 'targets has no "fass"; did you mean "faas"?'],
    ["targts.faas.minScale=1", 'the scenario has no "targts"; did you mean "targets"?'],
    ["targets.faas.minScal=1", 'did you mean "minScale"?'],
    ["work.mean=1ms", "work is 10ms, not a mapping; vary work itself"],
    ["targets.faas.minScale=-1", "targets.faas.minScale (targets.faas.minScale=-1): must be 0 or more"],
    ["targets.faas.cpu.limit=1", 'targets.faas has no "cpu"'],
    ["__proto__.x=1", "write a path such as"],
    ["targets.__proto__.x=1", "write a path such as"],
    ["targets.fass={kind: server}", 'targets has no "fass"; did you mean "faas"?'],
    ["targets.xyz={kind: server}", 'targets has no "xyz"; it has faas, waas'],
    ["xyz.a=1", 'the scenario has no "xyz"; it has name, duration, arrivals, work, targets'],
    ["calibration.seed=1", 'the scenario has no "calibration"'],
    ["targets.waas.replicas.most=1", "targets.waas.replicas is 1, not a mapping; vary targets.waas.replicas itself"],
  ])("refuses %s before anything runs", (text, message) => {
    expect(() => points(text)).toThrow(message);
  });

  it("names each point by what was varied", () => {
    const [first, , last] = points("targets.faas.minScale=0,1", "work={kind: exponential, mean: 5ms},7ms");
    expect(pointName(first!.values)).toBe('targets.faas.minScale=0 work={"kind":"exponential","mean":"5ms"}');
    expect(pointName(last!.values)).toBe('targets.faas.minScale=1 work={"kind":"exponential","mean":"5ms"}');
    expect(points("seed=4,5").map(({ index }) => index)).toEqual([0, 1]);
  });

  it("reaches into lists, and into mappings that may be left out", () => {
    const withStages = {
      ...document,
      targets: { line: { kind: "pipeline", stages: [{ kind: "delay", time: "1ms" }] } },
    };
    const [, second] = sweepPoints(withStages, [parseVariation("targets.line.stages[0].time=1ms,2ms")], {});
    expect(second!.scenario.targets[0]).toMatchObject({ stages: [{ time: { value: 0.002 } }] });
    const [, wider] = points("report.tolerance.ks=0.1,0.2");
    expect(wider!.scenario.report.tolerance.ks).toBe(0.2);
    const [priced] = points("prices.perInstanceHour=1,2");
    expect(priced!.scenario.targets[0]).toMatchObject({ prices: { perInstanceHour: 1 } });
    const wrong = () => sweepPoints(withStages, [parseVariation("targets.line.stages[1].time=1ms")], {});
    expect(wrong).toThrow('targets.line.stages has no "1"; it has 0');
    const far = () => sweepPoints(withStages, [parseVariation("targets.line.stages[10].time=1ms")], {});
    expect(far).toThrow('targets.line.stages has no "10"; it has 0');
  });

  it("says every place that is strange, and no more than ten points that are", () => {
    expect(() => points("targts.a=1", "wrk.b=1")).toThrow(/targts[\s\S]*wrk/);
    const issues = (): number => {
      try {
        points(`targets.faas.minScale=${Array.from({ length: 30 }, (_, i) => -1 - i).join(",")}`);
      } catch (error) {
        return (error as InputError).issues.length;
      }
      return 0;
    };
    expect(issues()).toBe(10);
    expect(() => points("a..b=1")).toThrow("write a path such as targets.faas.minScale");
    expect(() => points("seed=1..1001:1001", "name=1..1000:1000")).toThrow("has 1001000 points; 1000000 are the most");
  });

  it("refuses a path that is varied twice, or within what is varied as a whole", () => {
    expect(() => points("seed=1", "seed=2")).toThrow("seed: is varied twice");
    const within = "targets.faas.minScale: is varied as a part of what is varied as a whole";
    expect(() => points("targets.faas={kind: knative}", "targets.faas.minScale=1")).toThrow(within);
    expect(() => points("targets.faas.minScale=1", "targets.faas={kind: knative}")).toThrow(within);
    expect(points("targets.faas.minScale=1", "targets.faas.initialScale=1")).toHaveLength(1);
    expect(points("targets.faas.minScale=1", "targets.waas={kind: server}")).toHaveLength(1);
  });

  it("refuses to go into what is empty, and names the file", () => {
    const empty = () => sweepPoints({ ...document, work: null }, [parseVariation("work.mean=1ms")], { file: "s.yaml" });
    expect(empty).toThrow("s.yaml: work.mean: work is null, not a mapping; vary work itself or write it as one");
    expect(() => sweepPoints(document, [parseVariation("work.mean=1ms")], {})).toThrow(/^scenario: work\.mean/);
  });
});
