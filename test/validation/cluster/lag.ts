import { networkInterfaces } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { openKubernetes } from "../../../src/live/cluster/kubernetes.ts";
import { fieldAt } from "../../../src/live/cluster/kubernetesObject.ts";
import { jarBroker } from "../../../src/live/kafka/jarBroker.ts";
import type { Answer } from "../../../src/scenario/answer.ts";
import { type Case, namespace, type TargetName, targetNames } from "./cases.ts";
import { coldcast, inWork, joined, scenarioFile } from "./commands.ts";

/** A broker that pods and this process find at one address. */
export interface LagBroker {
  readonly bootstrap: string;
  readonly stop: () => Promise<void>;
}

/**
 * The broker that KAFKA_BOOTSTRAP names, or one of our own at a node's address that is this machine's.
 *
 * @throws {Error} where there is neither
 */
export async function lagBroker(): Promise<LagBroker> {
  const bootstrap = process.env.KAFKA_BOOTSTRAP;
  if (bootstrap) return { bootstrap, stop: () => Promise.resolve() };
  const host = await nodeOfThisMachine();
  if (host === undefined) throw new Error("no KAFKA_BOOTSTRAP, and no node of the cluster is this machine");
  return jarBroker({ host });
}

async function nodeOfThisMachine(): Promise<string | undefined> {
  const kubernetes = await openKubernetes();
  try {
    const { items } = await kubernetes.list({ apiVersion: "v1", kind: "Node" });
    const nodes = items.flatMap((node) => fieldAt(node, "status", "addresses") as { address: string }[]);
    const own = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
    return own.find(({ address }) => nodes.some((node) => node.address === address))?.address;
  } finally {
    await kubernetes.close();
  }
}

/** The functions of scenarios/lag.yaml, deployed in the validation's namespace. */
export async function deployLag({ bootstrap }: LagBroker, one: Case): Promise<void> {
  await coldcast("deploy", scenarioFile("setup-lag", one.document), "--kafka", bootstrap);
}

export async function undeployLag(one: Case): Promise<void> {
  await coldcast("undeploy", scenarioFile("setup-lag", one.document));
}

/** Sends the scenario's events to each function by itself: a shared group would commit what the slower one has done. */
export async function eventsReplayed(
  folder: string,
  one: Case,
  { seed, bootstrap }: { readonly seed: number; readonly bootstrap: string },
): Promise<Answer> {
  const file = scenarioFile(folder, { ...one.document, seed });
  for (const target of targetNames) {
    await untilNoPods(target);
    const where = ["--target", target, "--kafka", bootstrap, "--at", "cluster", "--out", inWork(`${folder}/${target}`)];
    await coldcast("pipeline", file, ...where);
  }
  return joined(folder);
}

const patienceMs = 180e3;
const lookEveryMs = 1e3;

/** KEDA takes the pods of the run before away a while after their lag has gone; a run that began with them would not be one from none. */
async function untilNoPods(target: TargetName): Promise<void> {
  const kubernetes = await openKubernetes();
  const deployment = { apiVersion: "apps/v1", kind: "Deployment", namespace, name: target };
  const began = performance.now();
  try {
    while (performance.now() - began < patienceMs) {
      const found = await kubernetes.get(deployment);
      if (found === null) throw new Error(`no Deployment ${target} in ${namespace}`);
      if ((fieldAt(found, "status", "replicas") ?? 0) === 0) return;
      await sleep(lookEveryMs);
    }
    throw new Error(`Deployment ${target} still has pods after ${patienceMs / 1e3} s without events`);
  } finally {
    await kubernetes.close();
  }
}
