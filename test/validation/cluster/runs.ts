import { existsSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { hpaManifest } from "../../../src/live/cluster/autoscalerManifest.ts";
import { type Kubernetes, openKubernetes } from "../../../src/live/cluster/kubernetes.ts";
import { predict } from "../../../src/model/predict.ts";
import { scenarioYaml } from "../../../src/scenario/document.ts";
import { parseScenario } from "../../../src/scenario/parse.ts";
import type { Scenario } from "../../../src/scenario/scenario.ts";
import { schedule } from "../../../src/scenario/schedule.ts";
import { isTransient } from "../../../src/scenario/schema/normalise.ts";
import { simulate } from "../../../src/sim/simulate.ts";
import { storeMeasurement, storePrediction } from "../stored.ts";
import { type Case, type Document, fromZero, namespace, setups, type TargetName, targetNames } from "./cases.ts";
import {
  coldcast,
  type Fitted,
  fittedToProbes,
  fittedToReplay,
  inWork,
  readFitted,
  replayed,
  scenarioFile,
  writeFitted,
} from "./commands.ts";
import { deployLag, eventsReplayed, lagBroker, undeployLag } from "./lag.ts";

/** Replications of the very schedule that is replayed: they differ in what the platform draws only. */
const replications = 16;
/** Seeds of calibrations are these and no others; runs that are judged count from 1. */
const calibrationSeed = 1001;

const report = {
  quantiles: [0.5, 0.9, 0.95, 0.99, 0.999],
  tolerance: { quantileRatio: 1.25, absolute: "1ms", ks: 0.05 },
};
type SetupName = keyof typeof setups;

/** A scenario of one setup, under the setup's own name, so that what deploys it can take it away again. */
const setupDocument = (setup: SetupName): Document => ({
  name: `cluster-${setup}`,
  duration: "60s",
  arrivals: { kind: "poisson", rate: setup === "slots" ? "125/s" : "40/s" },
  work: { kind: "exponential", mean: setup === "slots" ? "4ms" : "5ms" },
  targets: setups[setup],
});

/**
 * Lets a setup stand while something is done with it, and takes it away again whatever happens.
 *
 * @param one any case of the setup
 */
export async function withSetup(one: Case, act: (standing: Standing) => Promise<void>): Promise<void> {
  if (one.setup === "lag") {
    const broker = await lagBroker();
    try {
      await deployLag(broker, one);
      await act({ bootstrap: broker.bootstrap });
    } finally {
      await undeployLag(one);
      await broker.stop();
    }
    return;
  }
  const file = scenarioFile(`setup-${one.setup}`, setupDocument(one.setup));
  try {
    await coldcast("deploy", file);
    await act({});
  } finally {
    await coldcast("undeploy", file);
  }
}

/** A setup that stands in the cluster. */
export interface Standing {
  /** Where the events go, of the setup that needs a broker. */
  readonly bootstrap?: string;
}

/** Which fit a case takes. */
export const fitName = ({ name, fit }: Case): string => (fit === "warm" ? name : fit);

/**
 * What a case's predictions rest on, measured once: its own load with another seed, and probes for starts.
 *
 * Each load has a fit of its own: the less there is to do, the longer an idle core takes to wake up, and that is part of every
 * request's overhead.
 *
 * @param again measure even where an earlier call left its fits
 */
export async function fitted(one: Case, { bootstrap = "" }: Standing, again: boolean): Promise<Fitted> {
  const { fit, document } = one;
  const folder = `fit-${fitName(one)}`;
  const file = join(inWork(folder), "fitted.yaml");
  if (!again && existsSync(file)) return readFitted(file);
  const { targets, ...rest } = setupDocument(fit === "starts" ? "pods" : "slots");
  switch (fit) {
    case "warm":
      await replayed(
        folder,
        { ...rest, ...document, duration: "60s", seed: calibrationSeed, targets },
        { from: "", alone: false },
      );
      return fittedToReplay(folder, calibrationSeed);
    case "zero": {
      const off = mapTargets(targets as Fitted["targets"], fromZero);
      const fromNone = { ...rest, ...document, seed: calibrationSeed, targets: off };
      const [load, starts] = [`${folder}-load`, `${folder}-starts`];
      await replayed(load, fromNone, { from: "", alone: one.alone });
      const ofLoad = await fittedToReplay(load, calibrationSeed);
      const ofStarts = await fittedToProbes(starts, fromNone, calibrationSeed, 8);
      const both = mapTargets(ofLoad.targets, (target, name) => ({
        ...target,
        coldStart: ofStarts.targets[name]!.coldStart,
      }));
      return writeFitted(folder, { ...ofLoad, targets: both });
    }
    case "starts":
      return fittedToProbes(folder, { ...rest, targets }, calibrationSeed, 5);
    case "lag":
      await eventsReplayed(folder, one, { seed: calibrationSeed, bootstrap });
      return fittedToReplay(folder, calibrationSeed);
  }
}

const mapTargets = (targets: Fitted["targets"], change: (target: Document, name: TargetName) => Document) =>
  Object.fromEntries(targetNames.map((name) => [name, change(targets[name]!, name)]));

/** What one run is asked, fits included. */
export function scenarioOf(one: Case, seed: number, { targets, ...fit }: Fitted): Scenario {
  const changed = one.targets === undefined ? targets : mapTargets(targets, one.targets);
  const judged = { ...report, tolerance: { ...report.tolerance, ks: one.ks } };
  const document = { ...one.document, name: `cluster-${one.name}`, seed, targets: changed, report: judged };
  return parseScenario(JSON.stringify({ ...document, ...fit }));
}

/** Predicts, writes the prediction down, and only then measures. */
export async function judge(
  set: string,
  one: Case,
  { seed, fit, bootstrap = "" }: Standing & { readonly seed: number; readonly fit: Fitted },
): Promise<void> {
  const run = `${one.name}-${seed}`;
  const scenario = scenarioOf(one, seed, fit);
  const drawn = schedule(scenario, { seed });
  const simulated = simulate(scenario, { seed, schedule: drawn, replications });
  // The model describes the steady state: not a ramp, and no beginning without a pod.
  const predicted = isTransient(scenario.arrivals) || one.from !== "" ? null : predict(scenario);
  const prediction = { scenario: scenarioYaml(scenario, headline(one)), predicted, simulated };
  storePrediction(set, run, prediction, new Date().toISOString());
  const scaled = scenario.targets.some((target) => "autoscaler" in target);
  const release = scaled ? await scaledByHpa(scenario) : async () => {};
  try {
    const measured =
      one.setup === "lag" ? eventsReplayed(run, one, { seed, bootstrap }) : replayed(run, asked(one, seed), one);
    const busyBefore = loadavg()[0]!;
    const { folder } = storeMeasurement(set, run, await measured);
    const loads = { loadAverage: { before: busyBefore, after: loadavg()[0]! } };
    writeFileSync(new URL("conditions.json", folder), `${JSON.stringify(loads)}\n`);
  } finally {
    await release();
  }
}

const headline = ({ load, from }: Case): string => `${load}${from === "" ? "" : `; replayed at a place with ${from}`}`;

/** A case's targets as they are before anything was measured. */
export function unfitted(one: Case): Fitted {
  if (one.setup === "lag") return { targets: one.document.targets as Fitted["targets"] };
  const own = setups[one.setup] as Fitted["targets"];
  return { targets: one.fit === "zero" ? mapTargets(own, fromZero) : own };
}

/** What is asked of the function is what was deployed: a work factor that was fitted is in it already. */
function asked(one: Case, seed: number): Document {
  const { targets } = unfitted(one);
  const changed = one.targets === undefined ? targets : mapTargets(targets, one.targets);
  return { ...one.document, name: `cluster-${one.name}`, seed, targets: changed };
}

/**
 * Lets HPAs set the pods of both Deployments.
 *
 * @returns what takes them away again, and leaves one pod
 */
async function scaledByHpa({ targets }: Scenario): Promise<() => Promise<void>> {
  const kubernetes = await openKubernetes();
  const objects = targets.flatMap((target) =>
    target.kind === "spinkube" && target.autoscaler?.kind === "hpa"
      ? [hpaManifest(target.autoscaler, { name: target.name, namespace, labels: {} })]
      : [],
  );
  for (const object of objects) await kubernetes.apply(object);
  return async () => {
    for (const { apiVersion, kind, metadata } of objects) {
      await kubernetes.delete({ apiVersion, kind, namespace, name: metadata.name });
    }
    await onePod(kubernetes);
    await kubernetes.close();
  };
}

async function onePod(kubernetes: Kubernetes): Promise<void> {
  for (const name of targetNames) {
    const deployment = { apiVersion: "apps/v1", kind: "Deployment", namespace, name };
    await kubernetes.patch(deployment, { spec: { replicas: 1 } }, { subresource: "scale" });
  }
}
