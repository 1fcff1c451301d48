import { readdirSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { version } from "../base/version.ts";
import type { ReplicationResult } from "../sim/runRecorder.ts";
import { readyFolder, sha256Hex, writeFileAtomic } from "./files.ts";
import type { Task, WorkerSetting } from "./simulateParallel.ts";

/** Replications that are done, kept in a folder, so that a simulation that is killed goes on where it was. */
export interface KeptReplications {
  /** Says of which simulation they are. */
  open(setting: WorkerSetting): void;
  /** The one that was kept for a task; undefined where there is none, or none that can be read. */
  take(task: Task): ReplicationResult | undefined;
  keep(result: ReplicationResult): void;
  /** Removes every one, once the answer that they were for is written. */
  remove(): void;
}

const suffix = ".replication";

/** A folder for the replications of one simulation; those of any other are left where they are, and never taken. */
export function keptReplications(folder: string): KeptReplications {
  let own = "";
  const fileOf = ({ target, replication }: Task): string => join(folder, `${own}-${target}-${replication}${suffix}`);
  return {
    open: ({ scenario, seed, scheduleSeed, requests, batches }) => {
      readyFolder(folder);
      const { sha256, report } = scenario;
      const asked = [version, sha256, report, seed ?? scenario.seed, scheduleSeed, requests, batches];
      own = sha256Hex(JSON.stringify(asked)).slice(0, 16);
    },
    take: (task) => {
      try {
        return deserialize(readFileSync(fileOf(task))) as ReplicationResult;
      } catch {
        return undefined; // Simulated again, it is the same to the last bit.
      }
    },
    keep: (result) => writeFileAtomic(fileOf(result), serialize(result)),
    remove: () => {
      const names = readdirSync(folder).filter((name) => name.startsWith(`${own}-`) && name.includes(suffix));
      for (const name of names) rmSync(join(folder, name), { force: true });
      if (readdirSync(folder).length === 0) rmdirSync(folder);
    },
  };
}
