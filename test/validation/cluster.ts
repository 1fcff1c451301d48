/**
 * Predictions against a function in a real Kubernetes cluster, as container and as WebAssembly, written into
 * docs/validation.md; docs/cluster.md says what the cluster must have.
 *
 *   node test/validation/cluster.ts [--load warm30,zero] [--seeds 1-4,9] [--share 0.05] [--refit] [--again] [--keep]
 *
 * Runs that are stored are left as they are, so a call that was broken off is taken up; `--again` replaces them, and
 * `--refit` measures anew what the fits rest on. `--share` shortens every run for a trial, which is stored in
 * out/validation/cluster-trial and leaves the page alone. `--keep` only writes the page.
 */
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { type Case, cases, type Document, type Setup } from "./cluster/cases.ts";
import { beginTrial, trialFolder } from "./cluster/commands.ts";
import { writeClusterPage } from "./cluster/page.ts";
import { fitName, fitted, judge, withSetup } from "./cluster/runs.ts";
import { isStored } from "./stored.ts";

const { values: options } = parseArgs({
  options: {
    load: { type: "string" },
    seeds: { type: "string" },
    share: { type: "string", default: "1" },
    refit: { type: "boolean", default: false },
    again: { type: "boolean", default: false },
    keep: { type: "boolean", default: false },
  },
});
const { KUBECONFIG, LAB } = process.env;
if (KUBECONFIG === undefined && LAB !== undefined) process.env.KUBECONFIG = `${LAB}/kubeconfig`;
const share = Number(options.share);
if (!(share > 0 && share <= 1)) throw new RangeError("--share must be in (0, 1]");
const set = share < 1 ? pathToFileURL(`${trialFolder}/answers`).href : "cluster";
if (share < 1) beginTrial();

interface Run {
  readonly one: Case;
  readonly seed: number;
}

// The verbs that run end with Ctrl-C as well; here it only begins no other run, so that what was deployed is taken away.
let interrupted = false;
process.on("SIGINT", () => {
  interrupted = true;
});
const failures = options.keep ? [] : await runAll(chosenRuns());
if (share === 1) writeClusterPage(set);
for (const failure of failures) process.stderr.write(`${failure}\n`);
process.exitCode = failures.length === 0 ? 0 : 1;

function chosenRuns(): readonly Run[] {
  const loads = options.load?.split(",");
  const seeds = options.seeds === undefined ? null : numbersOf(options.seeds);
  const wanted = cases.filter(({ name }) => loads?.includes(name) ?? true).map((one) => shortened(one));
  return wanted
    .flatMap((one) => one.seeds.map((seed) => ({ one, seed })))
    .filter(({ seed }) => seeds?.includes(seed) ?? true)
    .filter(({ one, seed }) => options.again || !isStored(set, `${one.name}-${seed}`));
}

/** `1-3,7` */
function numbersOf(text: string): readonly number[] {
  return text.split(",").flatMap((part) => {
    const [from, to = from] = part.split("-").map(Number);
    return Array.from({ length: to! - from! + 1 }, (_, k) => from! + k);
  });
}

function shortened(one: Case): Case {
  // Pods start no faster for a trial.
  if (one.judges === "starts") return one;
  const duration = (one.document as { duration: string }).duration;
  const document: Document = { ...one.document, duration: `${share * Number.parseFloat(duration)}s` };
  return { ...one, document };
}

/** What fails is told at the end, and leaves the other runs alone. */
async function runAll(runs: readonly Run[]): Promise<readonly string[]> {
  const failed: string[] = [];
  const refit = new Set(options.refit ? runs.map(({ one }) => fitName(one)) : []);
  for (const setup of ["slots", "pods", "lag"] as const satisfies readonly Setup[]) {
    const own = runs.filter(({ one }) => one.setup === setup);
    if (own.length === 0) continue;
    await attempt(failed, `setup ${setup}`, () =>
      withSetup(own[0]!.one, async (standing) => {
        for (const { one, seed } of own) {
          await attempt(failed, `${one.name}-${seed}`, async () => {
            const fit = await fitted(one, standing, refit.delete(fitName(one)));
            await judge(set, one, { ...standing, seed, fit });
          });
        }
      }),
    );
  }
  return failed;
}

async function attempt(failed: string[], what: string, step: () => Promise<void>): Promise<void> {
  if (interrupted) return;
  const began = performance.now();
  process.stderr.write(`${what} …\n`);
  try {
    await step();
    process.stderr.write(`${what}: ${Math.round((performance.now() - began) / 1e3)} s\n`);
  } catch (error) {
    failed.push(`${what}: ${String(error)}`);
    process.stderr.write(`${what} failed: ${String(error)}\n`);
  }
}
