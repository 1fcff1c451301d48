// Run as a process of its own, to be killed: replays the scenario given as text against the rig.
import { deploymentAt } from "../../src/live/deployment.ts";
import { replay } from "../../src/live/replay.ts";
import { parseScenario } from "../../src/scenario/parse.ts";
import { schedule } from "../../src/scenario/schedule.ts";

const scenario = parseScenario(process.argv[2] ?? "");
await replay(scenario, schedule(scenario), deploymentAt());
