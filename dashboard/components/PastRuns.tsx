import { time } from "./format";
import type { PastRun } from "./snapshot";

/** Earlier runs into the same folder, newest first. */
export function PastRuns({ runs }: { readonly runs: readonly PastRun[] }) {
  if (runs.length === 0) return null;
  return (
    <section aria-labelledby="past">
      <h2 id="past">Past runs</h2>
      <section className="scroll" tabIndex={0} aria-label="Table of past runs">
        <table>
          <thead>
            <tr>
              <th scope="col">when</th>
              <th scope="col">verdict</th>
              <th scope="col">p50 and p99 by target</th>
            </tr>
          </thead>
          <tbody>
            {runs.toReversed().map(({ run, at, verdict, targets }) => (
              <tr key={run}>
                <th scope="row">{at.replace("T", " ").slice(0, 19)}</th>
                <td className={`verdict ${verdict ?? "none"}`}>{verdict ?? "not judged"}</td>
                <td>{targets.map(({ name, p50, p99 }) => `${name} ${time(p50)} / ${time(p99)}`).join(" · ")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}
