import type { Seconds } from "../base/units.ts";
import { type RatioPart, ratioInterval } from "../stats/intervals.ts";
import { type AvailableAnswer, type Estimate, exactly, type ResourcesAnswer } from "./answer.ts";
import type { PricesSpec, TargetSpec } from "./scenario.ts";

/** What instances and requests took during a span of time; the first four in seconds, summed over instances or requests. */
export interface Usage {
  /** Instances and pods that exist, those that start included. */
  readonly instances: Seconds;
  readonly starting: Seconds;
  /** Serving at least one request. */
  readonly busy: Seconds;
  /** Requests inside an instance: its start for them, and their work as slowed by others. */
  readonly inService: Seconds;
  readonly requests: number;
  readonly span: Seconds;
}

const gigabyte = 2 ** 30;
const hour: Seconds = 3600;

/**
 * What a target holds and costs, from independent parts of a run (replications, batches): memory, and per hour of this load
 * gigabyte-seconds, instance-hours and money.
 *
 * @param usages one part leaves the intervals unknown
 * @returns null where neither memory nor prices are stated
 */
export function resourcesOf(target: TargetSpec, usages: readonly Usage[]): ResourcesAnswer | null {
  const ratio = (sum: (usage: Usage) => number, weight: (usage: Usage) => number = ({ span }) => span): Estimate =>
    positive(ratioInterval(usages.map((usage): RatioPart => ({ sum: sum(usage), weight: weight(usage) }))));
  return resources(target, ratio);
}

/**
 * The same for a steady state whose figures are known: expected values, without intervals.
 *
 * @param requestsPerSecond that are taken in
 */
export function expectedResources(
  target: TargetSpec,
  { instances, breakdown }: Pick<AvailableAnswer, "instances" | "breakdown">,
  requestsPerSecond: number,
): ResourcesAnswer | null {
  const usage: Usage = {
    instances: instances.total.value,
    starting: instances.starting?.value ?? Number.NaN,
    busy: instances.busy?.value ?? Number.NaN,
    inService: requestsPerSecond * (breakdown.start.value + breakdown.queue.value + breakdown.work.value),
    requests: requestsPerSecond,
    span: 1,
  };
  return resources(target, (sum, weight = ({ span }) => span) => exactly(sum(usage) / weight(usage)));
}

type RatioOf = (sum: (usage: Usage) => number, weight?: (usage: Usage) => number) => Estimate;

function resources(target: TargetSpec, ratio: RatioOf): ResourcesAnswer | null {
  const { memory, prices } = target;
  if (memory === undefined && prices === undefined) return null;
  const costOf = prices === undefined ? null : (usage: Usage) => cost(target, prices, usage);
  return {
    memoryBytes: memory === undefined ? null : ratio((usage) => byteSeconds(target, usage, "held")),
    gigabyteSeconds:
      memory === undefined
        ? null
        : ratio((usage) => (hour * byteSeconds(target, usage, prices?.billed ?? "held")) / gigabyte),
    instanceHours: ratio(({ instances }) => instances),
    cost: costOf === null ? null : ratio((usage) => hour * costOf(usage)),
    costPerMillionRequests:
      costOf === null
        ? null
        : ratio(
            (usage) => 1e6 * costOf(usage),
            ({ requests }) => requests,
          ),
  };
}

function byteSeconds(target: TargetSpec, usage: Usage, billed: PricesSpec["billed"]): number {
  const instances = billed === "held" ? usage.instances : usage.starting + usage.busy;
  const own = target.kind === "spinkube" ? (target.instanceMemory ?? 0) : 0;
  return (target.memory ?? 0) * instances + own * usage.inService;
}

function cost(target: TargetSpec, prices: PricesSpec, usage: Usage): number {
  const { perGigabyteSecond, perRequest, perInstanceHour, perNodeHour, node, billed } = prices;
  // A price that is not asked makes nothing unknown.
  const of = (price: number, amount: () => number) => (price === 0 ? 0 : price * amount());
  return (
    of(perGigabyteSecond, () => byteSeconds(target, usage, billed) / gigabyte) +
    of(perRequest, () => usage.requests) +
    of(perInstanceHour, () => usage.instances / hour) +
    of(perNodeHour, () => (nodeShare(target, node!) * usage.instances) / hour)
  );
}

/** How much of a node one instance takes: of its memory or of its cores, whichever is more. */
function nodeShare(target: TargetSpec, node: NonNullable<PricesSpec["node"]>): number {
  const cores = "cores" in target ? target.cores : 0;
  return Math.max((target.memory ?? 0) / node.memory, cores / node.cores);
}

const positive = ({ value, low, high }: Estimate): Estimate => ({ value, low: low < 0 ? 0 : low, high });
