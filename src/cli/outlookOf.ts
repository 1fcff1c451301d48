import { type Outlook, outlookSteps } from "../report/outlook/outlook.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { startProgress } from "./progress.ts";
import type { Terminal } from "./terminal.ts";

/** A scenario's outlook, with a progress line; a Ctrl-C is heard between its steps, and then there is none. */
export async function outlookOf(
  scenario: Scenario,
  {
    terminal,
    targets,
    signal,
  }: {
    readonly terminal: Terminal;
    readonly targets: readonly string[] | undefined;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<Outlook | undefined> {
  const progress = startProgress(terminal, "outlook");
  const steps = outlookSteps(scenario, targets);
  for (;;) {
    const { done, value } = steps.next();
    if (done) {
      progress.done();
      return value;
    }
    progress.update(value);
    await new Promise(setImmediate);
    if (signal?.aborted) {
      progress.done("left out");
      return undefined;
    }
  }
}
