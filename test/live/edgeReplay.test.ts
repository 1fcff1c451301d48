import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deploymentAt } from "../../src/live/deployment.ts";
import { outcomeCsvLines, parseOutcomes } from "../../src/live/outcomes.ts";
import { replay } from "../../src/live/replay.ts";
import { source } from "../../src/random/source.ts";
import { parseScenario } from "../../src/scenario/parse.ts";
import { popChooser, popStream } from "../../src/scenario/popChooser.ts";
import { schedule } from "../../src/scenario/schedule.ts";

const fixture = (name: string): string => readFileSync(new URL(`./fixtures/${name}`, import.meta.url), "utf8");

const scenario = parseScenario(`
name: two-points
seed: 5
arrivals: { kind: burst, size: 40 }
work: 2ms
targets:
  edge:
    kind: edge
    pops:
      - { name: near, share: 0.7, roundTrip: 1ms }
      - { name: far, share: 0.3, roundTrip: 20ms }
    instanceStart: 0
    live: { method: GET, path: /go }
`);
const edge = scenario.targets[0]!;

describe("a replay at points of presence", () => {
  const servers: Server[] = [];
  let [near, far] = ["", ""];
  let headers: Record<string, string> = {};

  beforeAll(async () => {
    // The answer is held 3 ms longer than it says: that much at least is network.
    const serve = (_: IncomingMessage, response: ServerResponse): void =>
      void setTimeout(() => response.writeHead(302, { location: "/there", ...headers }).end(), 5);
    const tls = { key: fixture("test-key.pem"), cert: fixture("test-cert.pem") };
    servers.push(createServer(serve), createSecureServer(tls, serve));
    for (const server of servers) await new Promise<void>((done) => server.listen(0, "127.0.0.1", () => done()));
    const [a, b] = servers.map((server) => (server.address() as AddressInfo).port);
    [near, far] = [`http://127.0.0.1:${a}`, `https://127.0.0.1:${b}`];
  });
  afterAll(() => {
    for (const server of servers) server.close();
  });

  const measure = async (places: Readonly<Record<string, string>>) => {
    const ca = fixture("test-cert.pem");
    const { answer, outcomes } = await replay(scenario, schedule(scenario), deploymentAt(places, "rig", { ca }));
    const target = answer.targets[0]!;
    if (target.status === "unavailable") throw new Error(target.reason);
    return { target, log: outcomes.get("edge")! };
  };

  it("sends every request where the simulator does, and tells network from compute", async () => {
    headers = { "server-timing": "app;dur=2.000" };
    const { target, log } = await measure({ "edge/near": near, "edge/far": far });
    expect(target.counts?.completed).toBe(40);
    if (edge.kind !== "edge") throw new Error("not an edge");
    const choose = popChooser(edge.pops, source(...popStream(5, "edge")));
    const names = edge.pops.map(({ name }) => name);
    for (let i = 0; i < log.length; i++) expect(log.row(i).instance).toBe(names[choose()]);
    expect(target.stages?.map(({ name }) => name)).toEqual(["network", "compute"]);
    const [network, compute] = target.stages!;
    expect(compute!.mean.value).toBeCloseTo(0.002, 9);
    expect(compute!.quantiles?.[0]?.value.low).toBeCloseTo(0.0019995, 9);
    expect(network!.mean.value + compute!.mean.value).toBeCloseTo(target.latency.mean.value, 9);
    expect(network!.mean.value).toBeGreaterThan(0.0025);
    expect(target.breakdown.network.value).toBeCloseTo(network!.mean.value, 9);
    expect(target.breakdown.work.value).toBeCloseTo(0.002, 9);
    expect(target.breakdown.queue.value).toBeCloseTo(0, 9);
    expect(target.method).toContain("headers of all answers, to ±0.0005 ms");
    const read = parseOutcomes([...outcomeCsvLines(log)].join("\n"), "log");
    expect(read.compute).toEqual(log.compute);
    expect(read.computeWithin).toEqual(log.computeWithin);
  });

  it("is as sure as Envoy's milliseconds are", async () => {
    headers = { "x-envoy-upstream-service-time": "1" };
    const { target } = await measure({ "edge/near": near, edge: near });
    const [network, compute] = target.stages!;
    expect(compute!.mean).toEqual({
      value: expect.closeTo(0.0015, 9),
      low: expect.closeTo(0.001, 9),
      high: expect.closeTo(0.002, 9),
    });
    expect(network!.mean.high - network!.mean.low).toBeGreaterThan(0.001);
    expect(target.breakdown.work.high - target.breakdown.work.low).toBeCloseTo(0.001, 9);
  });

  it("has no stages where no answer tells them", async () => {
    headers = {};
    const { target, log } = await measure({ edge: near });
    expect(target.stages).toBeUndefined();
    expect([...outcomeCsvLines(log)][0]).not.toContain("compute");
  });

  it("wants every point's address", async () => {
    await expect(measure({ "edge/near": near })).rejects.toThrow("say by a URL where far is, too");
  });
});
