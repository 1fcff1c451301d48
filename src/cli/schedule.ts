import { createHash } from "node:crypto";
import { basename } from "node:path";
import { Command, Option } from "commander";
import { type ReplayTool, replayScript, replayTools } from "../report/exporters/replayScript.ts";
import { jsonText } from "../report/json.ts";
import { type Schedule, schedule, scheduleCsvLines } from "../scenario/schedule.ts";
import { UsageError } from "./exit.ts";
import { readScenario, writeFileAtomic, writeLinesAtomic } from "./files.ts";
import { addCommon, addExamples, type CommonOptions, wholeNumber, writeJson } from "./options.ts";
import type { Verb } from "./verb.ts";

interface ScheduleVerbOptions extends CommonOptions {
  readonly out: string;
  readonly requests?: number;
  readonly for?: ReplayTool;
  readonly url?: string;
}

/** `coldcast schedule`: the very requests that simulator and replay will see. */
export const scheduleVerb: Verb = ({ terminal }) =>
  addExamples(addCommon(new Command("schedule")), [
    "schedule scenarios/camera-burst.yaml --out schedule.csv",
    "schedule scenario.yaml --requests 1000000 --seed 3 --out schedule.csv --json -",
    "schedule scenario.yaml --out schedule.csv --for k6 --url http://localhost:8080/",
  ])
    .description("write the scenario's requests as CSV: at_seconds,work_seconds,source")
    .argument("<scenario>", "scenario file (YAML or JSON)")
    .requiredOption("--out <file>", "where to write the CSV")
    .option("--requests <n>", "the first N requests, in place of the scenario's duration", wholeNumber(1))
    .addOption(new Option("--for <tool>", "also write a script that sends them with another tool").choices(replayTools))
    .option("--url <url>", "where that script sends them, in place of the scenario's live.url")
    .action(async (file: string, { out, seed, requests, json, for: tool, url }: ScheduleVerbOptions) => {
      const scenario = readScenario(file, { requestsBounded: requests !== undefined });
      const drawn = schedule(scenario, { seed, requests });
      if (out === "-") throw new UsageError("schedule writes to a file; name it with --out");
      if (url !== undefined && tool === undefined) throw new UsageError("--url needs --for");
      if (url !== undefined && !/^https?:\/\/[^\s/]/.test(url))
        throw new UsageError(`--url must be an http(s) URL, not "${url}"`);
      const counted = { requests: 0, lastSeconds: 0, sha256: "", perSecondMost: 0 };
      await writeLinesAtomic(out, scheduleCsvLines(watched(drawn, counted)));
      const { sha256, lastSeconds } = counted;
      const summary = { scenario: scenario.name, seed: drawn.seed, requests: counted.requests, lastSeconds, sha256 };
      const script = tool && `${out.replace(/\.csv$/, "")}.${tool === "k6" ? "k6.js" : `${tool}.sh`}`;
      if (tool !== undefined && script !== undefined) {
        writeFileAtomic(script, replayScript(tool, scenario, { ...counted, file: `./${basename(out)}` }, url));
      }
      if (writeJson(terminal, json, () => jsonText(summary))) return;
      terminal.out(`${out}: ${counted.requests} requests, the last at ${lastSeconds} s, sha256 ${sha256}\n`);
      if (script !== undefined) terminal.out(`${script}: sends them with ${tool}\n`);
    });

/** The schedule, counting and hashing what passes; the hash is that of `collectSchedule`, without the columns. */
function watched(
  inner: Schedule,
  into: { requests: number; lastSeconds: number; sha256: string; perSecondMost: number },
): Schedule {
  return {
    ...inner,
    open: () => {
      const hash = createHash("sha256");
      const pair = new DataView(new ArrayBuffer(16));
      let [second, inSecond] = [-1, 0];
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
            inSecond = Math.floor(cursor.atSeconds) === second ? inSecond + 1 : 1;
            second = Math.floor(cursor.atSeconds);
            into.perSecondMost = Math.max(into.perSecondMost, inSecond);
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
