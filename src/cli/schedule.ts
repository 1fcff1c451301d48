import { createHash } from "node:crypto";
import { Command } from "commander";
import { jsonText } from "../report/json.ts";
import { type Schedule, schedule, scheduleCsvLines } from "../scenario/schedule.ts";
import { UsageError } from "./exit.ts";
import { readScenario, writeLinesAtomic } from "./files.ts";
import { addCommon, addExamples, type CommonOptions, wholeNumber, writeJson } from "./options.ts";
import type { Verb } from "./verb.ts";

interface ScheduleVerbOptions extends CommonOptions {
  readonly out: string;
  readonly requests?: number;
}

/** `coldcast schedule`: the very requests that simulator and replay will see. */
export const scheduleVerb: Verb = ({ terminal }) =>
  addExamples(addCommon(new Command("schedule")), [
    "schedule scenarios/camera-burst.yaml --out schedule.csv",
    "schedule scenario.yaml --requests 1000000 --seed 3 --out schedule.csv --json -",
  ])
    .description("write the scenario's requests as CSV: at_seconds,work_seconds,source")
    .argument("<scenario>", "scenario file (YAML or JSON)")
    .requiredOption("--out <file>", "where to write the CSV")
    .option("--requests <n>", "the first N requests, in place of the scenario's duration", wholeNumber(1))
    .action(async (file: string, { out, seed, requests, json }: ScheduleVerbOptions) => {
      const scenario = readScenario(file, { requestsBounded: requests !== undefined });
      const drawn = schedule(scenario, { seed, requests });
      if (out === "-") throw new UsageError("schedule writes to a file; name it with --out");
      const counted = { requests: 0, lastSeconds: 0, sha256: "" };
      await writeLinesAtomic(out, scheduleCsvLines(watched(drawn, counted)));
      const { sha256, lastSeconds } = counted;
      const summary = { scenario: scenario.name, seed: drawn.seed, requests: counted.requests, lastSeconds, sha256 };
      if (writeJson(terminal, json, () => jsonText(summary))) return;
      terminal.out(`${out}: ${counted.requests} requests, the last at ${lastSeconds} s, sha256 ${sha256}\n`);
    });

/** The schedule, counting and hashing what passes; the hash is that of `collectSchedule`, without the columns. */
function watched(inner: Schedule, into: { requests: number; lastSeconds: number; sha256: string }): Schedule {
  return {
    ...inner,
    open: () => {
      const hash = createHash("sha256");
      const pair = new DataView(new ArrayBuffer(16));
      const cursor = inner.open();
      return {
        next() {
          const more = cursor.next();
          if (more) {
            pair.setFloat64(0, cursor.atSeconds, true);
            pair.setFloat64(8, cursor.workSeconds, true);
            hash.update(pair);
            into.requests++;
            into.lastSeconds = cursor.atSeconds;
          } else if (into.sha256 === "") into.sha256 = hash.digest("hex");
          return more;
        },
        get atSeconds() {
          return cursor.atSeconds;
        },
        get workSeconds() {
          return cursor.workSeconds;
        },
        get origin() {
          return cursor.origin;
        },
      };
    },
  };
}
