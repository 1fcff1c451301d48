// One role of the pipeline as a process of its own, to be killed: ROLE BOOTSTRAP URL. Says `ready` once it has joined.
import { deploymentAt } from "../../src/live/deployment.ts";
import { kafkajsClient } from "../../src/live/kafka/kafkajsClient.ts";
import { startAggregator } from "../../src/live/pipeline/aggregator.ts";
import { standardRules } from "../../src/live/pipeline/rules.ts";
import { startTrigger } from "../../src/live/pipeline/trigger.ts";
import { realClock } from "../../src/live/realClock.ts";
import { killedScenario as scenario } from "./killedScenario.ts";

const [role, bootstrap, url] = process.argv.slice(2) as [string, string, string];
const kafka = await kafkajsClient(bootstrap);
const onFailed = (error: Error): void => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
};
const common = { clock: realClock(), patience: 30, onFailed };
if (role === "aggregator") await startAggregator(kafka, { ...common, rules: standardRules });
else {
  const [spec] = scenario.targets;
  const context = { scenario, seed: scenario.seed, startedAt: new Date(0), peak: 50 };
  const target = deploymentAt({ f: url }).target(spec!, context);
  await target.open();
  await startTrigger(kafka, {
    ...common,
    targets: new Map([["f", target]]),
    workFactors: new Map(),
    retry: { attempts: 4, backoff: 0.1 },
    timeout: 10,
    dispatch: "mirror",
    inFlight: 8,
  });
}
process.stdout.write("ready\n");
