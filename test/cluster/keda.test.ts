import { readFileSync, rmSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Kubernetes, openKubernetes } from "../../src/live/cluster/kubernetes.ts";
import { fieldAt } from "../../src/live/cluster/kubernetesObject.ts";
import { jarBroker } from "../../src/live/kafka/jarBroker.ts";
import { kafkajsClient } from "../../src/live/kafka/kafkajsClient.ts";
import { groups, topics } from "../../src/live/pipeline/topics.ts";
import { answerFromJson } from "../../src/report/json.ts";
import type { Answer, AvailableAnswer } from "../../src/scenario/answer.ts";
import { transcript } from "../cli/transcript.ts";
import { whyNoJars } from "../e2e/broker.ts";
import { containerImage, isGone, noCluster, scenarioFile, wasmImage } from "./lab.ts";

/** The scenario that is shipped, under a name and in a namespace of this run's own. */
const name = `coldcast-keda-${process.pid}`;
const { file, folder } = scenarioFile(
  readFileSync("scenarios/lag.yaml", "utf8")
    .replace("name: lag", `name: ${name}`)
    .replace(/dev\.local\/coldcast-work:[\w.]+/, containerImage)
    .replace(/dev\.local\/coldcast-work-wasm:[\w.]+/, wasmImage)
    .replaceAll("deploy: { ", `deploy: { namespace: ${name}, `),
);
const silentFrom = 32;
const silentTo = 77;

/** Where pods and this process alike can find a broker: a node's address that is this machine's own. */
async function sharedAddress(): Promise<string | null> {
  const kubernetes = await openKubernetes();
  try {
    const { items } = await kubernetes.list({ apiVersion: "v1", kind: "Node" });
    const nodes = items.flatMap((node) => fieldAt(node, "status", "addresses") as { address: string }[]);
    const own = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
    return own.find(({ address }) => nodes.some((node) => node.address === address))?.address ?? null;
  } finally {
    await kubernetes.close();
  }
}

async function hasKeda(): Promise<boolean> {
  const kubernetes = await openKubernetes();
  const kind = { apiVersion: "apps/v1", kind: "Deployment" };
  const operator = await kubernetes.get({ ...kind, namespace: "keda", name: "keda-operator" }).catch(() => null);
  await kubernetes.close();
  return Number(fieldAt(operator, "status", "readyReplicas") ?? 0) > 0;
}

const given = process.env.KAFKA_BOOTSTRAP || null;
const address = noCluster || given !== null ? null : await sharedAddress();
const whyNot = noCluster
  ? "no cluster"
  : !(await hasKeda())
    ? "no KEDA in the cluster"
    : given === null && address === null
      ? "no KAFKA_BOOTSTRAP, and no node is this machine"
      : given === null
        ? whyNoJars
        : null;

describe.skipIf(whyNot !== null)(`functions scaled by KEDA on the lag${whyNot === null ? "" : ` (${whyNot})`}`, () => {
  let kubernetes: Kubernetes;
  let bootstrap: string;
  let stopBroker = () => Promise.resolve();
  let measured: Answer;
  let simulated: Answer;

  beforeAll(async () => {
    kubernetes = await openKubernetes();
    const broker = given === null ? await jarBroker({ host: address! }) : null;
    stopBroker = () => broker?.stop() ?? Promise.resolve();
    bootstrap = broker?.bootstrap ?? given!;
    const deployed = await transcript(["deploy", file, "--kafka", bootstrap]);
    expect(deployed.code, deployed.err).toBe(0);
    const at = ["--kafka", bootstrap, "--at", "cluster", "--out", join(folder, "out")];
    const ran = await transcript(["pipeline", file, ...at]);
    expect(ran.code, ran.err).toBe(0);
    measured = answerFromJson(readFileSync(join(folder, "out", "live.json"), "utf8"), "live.json");
    const json = join(folder, "sim.json");
    expect((await transcript(["simulate", file, "--replications", "1", "--json", json])).code).toBe(0);
    simulated = answerFromJson(readFileSync(json, "utf8"), "sim.json");
  });
  afterAll(async () => {
    await transcript(["undeploy", file]);
    await kubernetes.close();
    await stopBroker();
    rmSync(folder, { recursive: true });
  });

  const of = (answer: Answer, target: string): AvailableAnswer => {
    const found = answer.targets.find((each) => each.name === target);
    if (found === undefined || found.status === "unavailable") throw new Error(`no answer of ${target}`);
    return found;
  };
  /** Ready pods by second; a second that nothing tells of has none. */
  const pods = (answer: Answer, target: string): number[] =>
    of(answer, target).timeline!.ready.map((count) => (typeof count === "number" ? count : 0));
  /** When the last event of the burst was answered; on a machine that is too busy, long after it came. */
  const drained = (target: string): number => {
    const [head, ...rows] = readFileSync(join(folder, "out", `${target}.outcomes.csv`), "utf8")
      .trim()
      .split("\n");
    const [at, latency] = ["at_seconds", "latency_seconds"].map((name) => head!.split(",").indexOf(name));
    const ends = rows.map((row) => row.split(",").map(Number)).filter((cells) => cells[at!]! < silentFrom);
    return Math.max(...ends.map((cells) => cells[at!]! + cells[latency!]!));
  };
  const zeroAgain = (ready: readonly number[]): number =>
    ready.findIndex((count, second) => second >= silentFrom && count === 0);

  it.each(["waas", "faas"])("counts every event of %s, those that found no pod too", (target) => {
    const { counts } = of(measured, target);
    expect(counts).toMatchObject({ scheduled: counts!.completed, failed: {}, dropped: 0, unsent: 0 });
    expect(counts!.scheduled).toBeGreaterThan(300);
    expect(of(measured, target).cold!.probability.value).toBeGreaterThan(0.01);
  });

  it.each(["waas", "faas"])("%s goes from none to one to several, to none when the lag is gone, and back", (target) => {
    const ready = pods(measured, target);
    expect(ready[0]).toBe(0);
    const first = ready.findIndex((count) => count > 0);
    // KEDA itself brings one pod; the further ones are its HPA's to order, a look later.
    expect(ready.findIndex((count) => count > 1)).toBeGreaterThan(first);
    expect(Math.max(...ready)).toBeGreaterThanOrEqual(3);
    const none = zeroAgain(ready);
    const over = drained(target);
    expect(over, "the machine is too busy: the lag lasted into the silence").toBeLessThan(silentTo - 25);
    expect(none).toBeGreaterThan(over + 8);
    expect(none).toBeLessThan(over + 25);
    expect(ready.slice(none, silentTo).every((count) => count === 0)).toBe(true);
    expect(Math.max(...ready.slice(silentTo))).toBeGreaterThan(0);
  });

  it.each(["waas", "faas"])("the simulator foretold the pods of %s", (target) => {
    const [real, foretold] = [pods(measured, target), pods(simulated, target)];
    expect(Math.max(...real)).toBe(Math.max(...foretold));
    // From the end of the lag on, however long that took.
    const late = drained(target) - silentFrom;
    expect(Math.abs(zeroAgain(real) - late - zeroAgain(foretold))).toBeLessThanOrEqual(8);
  });

  it("leaves no lag", async () => {
    const kafka = await kafkajsClient(bootstrap);
    expect(await kafka.lag(groups.trigger, topics.enriched)).toBe(0);
    await kafka.close();
  });

  it("tells the pods' lives beside the outcomes", () => {
    const [, ...lines] = readFileSync(join(folder, "out", "faas.pods.csv"), "utf8")
      .trim()
      .split("\n");
    expect(lines.length).toBeGreaterThanOrEqual(4);
    expect(readFileSync(join(folder, "out", "faas.events.csv"), "utf8")).toMatch(/replicas,0/);
  });

  it("is removed without a trace", async () => {
    expect((await transcript(["undeploy", file])).code).toBe(0);
    expect(await isGone(kubernetes, name)).toBe(true);
  });
});
