import { describe, expect, it } from "vitest";
import { named } from "../../src/scenario/schema/stages.ts";
import { issuesOf, scenario } from "./issuesOf.ts";

type Stage = string | { readonly kind: string; readonly [key: string]: unknown };

/** The stages' fields without which there is none; a word stands for its kind. */
const needed: Readonly<Record<string, object>> = {
  delay: { time: "1ms" },
  perRequest: { coldStart: 0, keepAlive: "forever" },
  spinkube: { replicas: 1 },
};
const written = (stage: Stage) =>
  typeof stage === "string" ? { kind: stage, ...needed[stage] } : { ...needed[stage.kind], ...stage };
const pipeline = (stages: readonly Stage[]) => ({ targets: { p: { kind: "pipeline", stages: stages.map(written) } } });
const place = "targets.p.stages";
const issues = (...stages: readonly Stage[]) =>
  issuesOf(pipeline(stages)).map((issue) => issue.replace(`${place}: `, "").replace(place, ""));

const topicFirst = "an aggregator, trigger or collector must stand right after the produce stage whose topic it reads";
const readerNext = "a produce stage must be followed by who reads its topic: aggregator, trigger or collector";
const functionNext = "a trigger must be followed by what it calls: server, perRequest, knative or spinkube";
const collectorLast = "a collector must be the last stage";
const namesDiffer = "names of stages must differ";

describe("stages in series", () => {
  it.each<[string, Stage[]]>([
    ["a consumer group and a function, twice", ["produce", "aggregator", "produce", "trigger", "server", "delay"]],
    ["a topic after a function", ["server", "produce", "collector"]],
    ["functions that nothing triggers", ["knative", "spinkube", "perRequest", "server"]],
    ["a function of each kind behind a trigger", ["produce", "trigger", "perRequest", "produce", "trigger", "knative"]],
    ["pods behind a trigger", ["produce", "trigger", "spinkube", "delay"]],
    ["an aggregator that is the last", ["produce", "aggregator"]],
    ["one of no kind twice but for its name", ["delay", "delay", { kind: "delay", name: "hop" }]],
  ])("may be %s", (_, stages) => {
    expect(issues(...stages)).toEqual([]);
  });

  // One rule is told at a time: mending the first often mends the others.
  it.each<[string, Stage[]]>([
    [topicFirst, ["collector"]],
    [topicFirst, ["aggregator", "delay"]],
    [topicFirst, ["delay", "trigger", "server"]],
    [topicFirst, ["produce", "aggregator", "collector"]],
    [topicFirst, ["produce", "delay", "collector"]],
    [readerNext, ["produce"]],
    [readerNext, ["produce", "delay"]],
    [readerNext, ["produce", "produce", "collector"]],
    [readerNext, ["produce", "server", { kind: "delay", name: "server" }]],
    [functionNext, ["produce", "trigger"]],
    [functionNext, ["produce", "trigger", "delay"]],
    [functionNext, ["produce", "trigger", "produce", "collector", "delay"]],
    [collectorLast, ["produce", "collector", "delay"]],
    [collectorLast, ["produce", "collector", { kind: "delay", name: "collector" }]],
    [namesDiffer, [{ kind: "delay", name: "server" }, "server"]],
    [namesDiffer, ["delay", "delay", { kind: "server", name: "delay-2" }]],
  ])("are refused: %s", (message, stages) => {
    expect(issues(...stages)).toEqual([message]);
  });

  it("are only looked at as a whole once each is right", () => {
    expect(issues({ kind: "collector", consumers: 0 }, "produce", "trigger", "delay", "delay")).toEqual([
      "[0].consumers: must be 1 or more",
    ]);
    expect(issues({ kind: "knative", minScale: 3, maxScale: 2 }, "produce")[0]).toMatch(
      /^\[0\]\.minScale: must not be/,
    );
    expect(issues({ kind: "perRequest", maxInstances: 1, warmInstances: 2, minInstances: 2 }).length).toBeGreaterThan(
      0,
    );
    expect(issues("delya" as Stage)).toEqual(['[0].kind: unknown kind "delya"; did you mean "delay"?']);
    expect(issuesOf(pipeline([]))).toEqual([`${place}: must have at least one entry`]);
  });

  it("are called as their kinds, numbered from the second on, named ones counted", () => {
    const stages = [{ kind: "delay" }, { kind: "server" }, { kind: "delay", name: "hop" }, { kind: "delay" }];
    expect(named(stages)).toEqual(["delay", "server", "hop", "delay-3"]);
    const [target] = scenario(pipeline(["delay", "delay", { kind: "server", name: "work" }])).targets;
    expect(target).toMatchObject({ stages: [{ name: "delay" }, { name: "delay-2" }, { name: "work" }] });
  });

  it("have Kafka's defaults, and a function as one those of a target, whose network is none", () => {
    const [target] = scenario({
      ...pipeline(["produce", "aggregator", "produce", "trigger", "server"]),
      network: "3ms",
      prices: { perRequest: 1 },
    }).targets;
    const none = { kind: "deterministic", value: 0 };
    const consumer = { consumers: 1, fetch: none, maxPollRecords: 500, autoCommitInterval: 5 };
    const topic = { kind: "produce", partitions: 1, by: "random", linger: 0.005, send: none };
    const [produced, aggregated, again, triggered, served] = target?.kind === "pipeline" ? target.stages : [];
    expect([produced, aggregated, again, triggered]).toEqual([
      { ...topic, name: "produce" },
      { ...consumer, kind: "aggregator", name: "aggregator", work: none },
      { ...topic, name: "produce-2" },
      { ...consumer, kind: "trigger", name: "trigger", inFlight: 1 },
    ]);
    expect(served).toMatchObject({ name: "server", network: none, timeout: Infinity, concurrency: 1, firstWork: null });
    expect(served).not.toHaveProperty("prices");
    expect(target).toMatchObject({ network: { value: 0.003 }, prices: { perRequest: 1 } });
  });
});
