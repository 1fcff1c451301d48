/**
 * The talk's table and its load test, taken apart into network, queue and compute, written into docs/poster.md.
 *
 *   npm run validate:poster
 */
import { type BlinkRow, blinkAt, hey, round, splitOf, withClients } from "./blinkClaims.ts";
import { machine, markdownTable, milliseconds, percent, writeSection } from "./page.ts";

export interface BlinkEffort {
  readonly rates: readonly string[];
  readonly networks: readonly number[];
}

const full: BlinkEffort = { rates: ["5/s", "2/min", "1/h"], networks: [0, 0.001, 0.003, hey.fastest - hey.upstream] };

export function blinkSection(effort: BlinkEffort): string[] {
  return [
    machine(),
    "### Network and compute",
    ...table(effort.rates),
    "### The run of hey",
    ...loadTest(effort.networks),
  ];
}

function table(rates: readonly string[]): string[] {
  const rows = rates.map((rate) => ({ rate, targets: blinkAt(rate) }));
  const last = rows.at(-1)!.targets;
  const of = (name: string): BlinkRow => last.find((row) => row.name === name)!;
  return [
    "By the model, from `scenarios/blink.yaml`: the cold starts are the talk's, the round trips and the rates are assumed. Two targets that nobody offers part the two terms: the fast start in one region, and the slow start at points of presence.",
    markdownTable(
      ["requests", "target", "network", "compute", "cold", "p50", "p99", "within 100 ms"],
      rows.flatMap(({ rate, targets }) =>
        targets.map(({ name, network, compute, cold, p50, p99, within }) => [
          rate,
          name,
          milliseconds(network),
          milliseconds(compute),
          percent(cold),
          milliseconds(p50),
          milliseconds(p99),
          percent(within),
        ]),
      ),
    ),
    `Where requests are frequent, the start decides nothing and the way decides everything: with users on three continents a Wasm function in one region is as late as a container there. Where they are rare, nine in ten find the container cold, and then the start is the larger term: at ${rates.at(-1)} containers at points of presence answer ${percent(of("containers-near").within, 0)} within a blink and Wasm ${percent(of("wasm").within, 0)}. **Less than 5 ms (isolates) and less than 1 ms (Wasm) are the same to a user**: their medians differ by ${milliseconds(Math.abs(of("isolates").p50 - of("wasm").p50))} at most here, out of a budget of 100. "Total latency = network time + compute time" holds for each request, and so for means; percentiles of the two do not add.`,
  ];
}

function loadTest(networks: readonly number[]): string[] {
  const { seconds, fromTotal, outside } = round();
  const splits = networks.map(splitOf);
  const [none, most] = [splits[0]!, splits.at(-1)!];
  const half = splits.map(({ network, work }) => withClients(network, work, hey.clients / 2));
  return [
    `Little's law: ${hey.clients} clients at ${hey.perSecond.toLocaleString("en")} requests/s are ${milliseconds(seconds)} a round (and ${hey.total} s for ${hey.requests / hey.clients} rounds each: ${milliseconds(fromTotal)}), of which the mean latency of ${milliseconds(hey.mean)} leaves ${milliseconds(outside)} to the client itself: its own work between two requests, the first connections (the slowest request took ${milliseconds(hey.slowest)}) and the idle end of the run. So **10.4 ms says how many clients there were**, not how long a redirect takes.`,
    `The fastest request took ${milliseconds(hey.fastest)}. With 1 ms upstream that leaves at most ${milliseconds(hey.fastest - hey.upstream)} for the network, if it is constant. The rest of the mean is waiting for whatever was saturated at that rate (cores, or the load generator). The machine-repairman model, a service time that gives the measured mean:`,
    markdownTable(
      [
        "network, assumed",
        "of the latency",
        "work",
        "queue",
        "of the latency",
        "mean",
        "requests/s",
        "predicted for 100 clients",
      ],
      splits.map(({ network, work, queue, mean, perSecond }, i) => [
        milliseconds(network),
        percent(network / mean, 0),
        milliseconds(work),
        milliseconds(queue),
        percent(queue / mean, 0),
        milliseconds(mean),
        perSecond.toFixed(0),
        `${milliseconds(half[i]!.mean)}, ${half[i]!.perSecond.toFixed(0)}/s`,
      ]),
    ),
    `So between ${percent(none.network / none.mean, 0)} and ${percent(most.network / most.mean, 0)} of those ${milliseconds(hey.mean)} are a constant network, at least ${percent(most.queue / most.mean, 0)} are then the closed loop's own queue, and no more than a tenth is the function. A network that varies may take longer on average than at its fastest: up to ${milliseconds(hey.mean - hey.upstream)} of it, and no queue at all, are not excluded. The run shows a throughput and no latency of a redirect; one with half the clients would tell: ${milliseconds(Math.min(...half.map(({ mean }) => mean)))} at the same rate if something was saturated, ${milliseconds(hey.mean)} at half the rate if it was all network. \`scenarios/blink-hey.yaml\` is the third row.`,
  ];
}

if (import.meta.main) writeSection("blink", "npm run validate:poster", blinkSection(full), "poster.md");
