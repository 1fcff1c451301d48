import { explainText } from "../report/explainText.ts";
import { jsonText } from "../report/json.ts";
import { traceLines } from "../report/traceEvents.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { schedule } from "../scenario/schedule.ts";
import { type TraceOptions, traceReplication } from "../sim/traceReplication.ts";
import { UsageError } from "./exit.ts";
import { writeLinesAtomic } from "./files.ts";
import { writeJson } from "./options.ts";
import type { Terminal } from "./terminal.ts";

type Watched = Pick<TraceOptions, "seed" | "requests"> & { readonly targets?: readonly string[] | undefined };

const namesOf = (scenario: Scenario, { targets }: Watched): string[] =>
  scenario.targets.map(({ name }) => name).filter((name) => targets?.includes(name) ?? true);

/** One request's life at every target; replication 0, whose schedule is the one that `replay` sends. */
export function explain(
  terminal: Terminal,
  scenario: Scenario,
  number: number,
  { json, ...options }: Watched & { readonly json?: string | undefined },
): void {
  const wanted = (other: number) => other === number;
  const lives = namesOf(scenario, options).map((name) => {
    const { targets: _, ...rest } = options;
    const trace = traceReplication(scenario, name, { ...rest, wanted });
    const request = trace.requests[0];
    if (request === undefined)
      throw new UsageError(`${name}: there is no request ${number}; ${rowsOf(scenario, rest)}`);
    return { target: name, kind: trace.kind, stages: stagesOf(scenario, name), request };
  });
  if (writeJson(terminal, json, () => jsonText({ scenario: scenario.name, lives }))) return;
  terminal.out(lives.map((life) => explainText(life.request, life)).join("\n"));
}

/** Which rows there are. */
function rowsOf(scenario: Scenario, { seed, requests }: Watched): string {
  if (scenario.arrivals.kind === "closed") return "the first is 0";
  const cursor = schedule(scenario, { seed, requests }).open();
  let count = 0;
  while (cursor.next()) count++;
  return count === 0 ? "none arrives" : `they are 0 to ${count - 1}`;
}

function stagesOf(scenario: Scenario, name: string): string[] {
  const target = scenario.targets.find((other) => other.name === name);
  return target?.kind === "pipeline" ? target.stages.map(({ kind }) => kind) : [];
}

/** Writes replication 0 of every target in the Trace Event Format. */
export async function writeTrace(
  terminal: Terminal,
  scenario: Scenario,
  file: string,
  options: Watched,
): Promise<void> {
  const { targets: _, ...rest } = options;
  const traces = namesOf(scenario, options).map((name) => traceReplication(scenario, name, rest));
  await writeLinesAtomic(file, traceLines(traces));
  for (const { target, omitted } of traces) {
    if (omitted > 0) terminal.err(`${file}: ${omitted} requests and instances of ${target} are left out\n`);
  }
  terminal.err(`${file}: open it at https://ui.perfetto.dev\n`);
}
