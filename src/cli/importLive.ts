import { importKnative } from "../live/cluster/importKnative.ts";
import { openKubernetes } from "../live/cluster/kubernetes.ts";
import { parsePlace } from "../live/place.ts";
import { jsonText } from "../report/json.ts";
import { toDocument } from "../scenario/document.ts";
import { parseScenario } from "../scenario/parse.ts";
import { UsageError } from "./exit.ts";
import { writeFileAtomic } from "./files.ts";
import { type CommonOptions, writeJson } from "./options.ts";
import type { Terminal } from "./terminal.ts";

/** A live Service's settings as a scenario: to a file, or to stdout. */
export async function importLive(
  terminal: Terminal,
  source: string,
  { out, json }: CommonOptions & { readonly out?: string },
): Promise<void> {
  const place = parsePlace(source);
  if (place?.kind !== "knative") {
    throw new UsageError(`"${source}": what is live can be imported as knative:NAMESPACE/NAME`);
  }
  const kubernetes = await openKubernetes();
  try {
    const { scenario, notes } = await importKnative(kubernetes, place);
    for (const note of notes) terminal.err(`${source}: ${note}\n`);
    if (out !== undefined) writeFileAtomic(out, scenario);
    const taken = writeJson(terminal, json, () => jsonText(toDocument(parseScenario(scenario))));
    if (out === undefined && !taken) terminal.out(scenario);
  } finally {
    await kubernetes.close();
  }
}
