import { parentPort, workerData } from "node:worker_threads";
import { schedule } from "../scenario/schedule.ts";
import { simulateReplication } from "../sim/simulate.ts";
import type { Task, WorkerSetting } from "./simulateParallel.ts";

// A thread of simulateParallel: one replication per message.
const { scenario, seed, scheduleSeed, requests, batches } = workerData as WorkerSetting;
const played = scheduleSeed === undefined ? undefined : schedule(scenario, { seed: scheduleSeed, requests });

parentPort?.on("message", ({ target, replication }: Task) => {
  parentPort?.postMessage(
    simulateReplication(scenario, target, replication, { schedule: played, seed, requests, batches }),
  );
});
