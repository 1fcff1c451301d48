import { arrivals, type BatchSpec } from "../arrivals/index.ts";
import type { PerSecond, Seconds } from "../base/units.ts";
import { type Distribution, distribution } from "../distributions/index.ts";
import { complex } from "../numerics/complex.ts";
import { gammaP, poissonTerm } from "../numerics/gamma.ts";
import type { ConsumerFields, ProduceStage } from "../scenario/pipeline.ts";
import type { AddedTime } from "./addedTime.ts";
import { transformAt } from "./law.ts";
import { linger } from "./linger.ts";
import { lingeringQueue } from "./lingeringQueue.ts";
import { poissonQueue } from "./poissonQueue.ts";
import { sojournTime } from "./sojournTime.ts";
import { mixedTime, noTime, restOf, sumTime } from "./sumTime.ts";

/** A time that every request spends in a stage. */
export interface StageTime {
  readonly time: AddedTime;
  /** How much of its mean is waiting; the rest is network. */
  readonly queue: Seconds;
  /** Whether requests wait for each other: then what came before must have left the arrivals as they were. */
  readonly inLine: boolean;
  /** Why stages after it are not independent of it; null where they are. */
  readonly spoils: string | null;
}

/** A time of its own for every request, which holds nothing. */
export const delayTime = (law: Distribution): StageTime => ({ time: law, queue: 0, inLine: false, spoils: null });

/**
 * Linger and send of a producer. A string says why there is no formula.
 *
 * @param isApart whether lingering counts here, and not in the queue that serves the batches (`consumerTimes`)
 */
export function produceTimes(stage: ProduceStage, rate: PerSecond, isApart: boolean): StageTime[] | string {
  const perPartition = rate / stage.partitions;
  const size = stage.linger === 0 ? 1 : (stage.batchSize ?? Infinity);
  if (size > 1 && size < Infinity && gammaP(size, perPartition * stage.linger) > 1e-6) {
    return `model: batches of ${stage.name} that fill up before they linger are not built; simulate it`;
  }
  const order =
    stage.partitions > 1 && stage.by !== "random" ? `${stage.name} does not choose partitions at random` : null;
  const times: StageTime[] = [];
  if (size > 1 && isApart) {
    const time = distribution(linger({ rate: perPartition, lingerSeconds: stage.linger }));
    times.push({
      time,
      queue: time.mean,
      inLine: order !== null,
      spoils: order ?? `${stage.name} sends records together`,
    });
  } else if (order !== null || size > 1) {
    times.push({
      ...delayTime(distribution({ kind: "deterministic", value: 0 })),
      spoils: order ?? `${stage.name} sends records together`,
    });
  }
  const send = distribution(stage.send);
  // Batches of a partition become readable in the order in which they were sent.
  const spoils = send.scv > 0 ? `${stage.name} keeps the order of what it sends` : null;
  if (send.mean > 0) times.push({ ...delayTime(send), inLine: spoils !== null, spoils });
  return times;
}

/**
 * Fetch and work of a topic's consumers, each with its share of the partitions.
 *
 * A fetch leaves when something is readable and the one before is back, so a record that comes during a fetch waits for the rest
 * of it and for the next: exact for Poisson arrivals. Work is M/G/1 on the records that lingered together.
 */
export function consumerTimes(
  stage: ConsumerFields,
  { work, produce, rate }: { readonly work: Distribution; readonly produce: ProduceStage; readonly rate: PerSecond },
): StageTime[] | string {
  if (stage.rebalance !== undefined) return `model: rebalances of ${stage.name} are not built; simulate it`;
  const fetch = distribution(stage.fetch);
  if (fetch.transform === undefined || work.transform === undefined) {
    return "model: one of the distributions has no known transform; simulate it";
  }
  if ((rate / produce.partitions) * produce.linger > mostTogether) {
    return `model: more than ${mostTogether} records that linger together are not built; simulate it`;
  }
  const groups = partitionShares(produce.partitions, stage.consumers);
  const batch = recordsTogether((rate / produce.partitions) * produce.linger);
  const fetching: { weight: number; time: AddedTime }[] = [];
  const working: { weight: number; time: AddedTime }[] = [];
  for (const { partitions, consumers } of groups) {
    const records = (rate * partitions) / produce.partitions;
    const weight = (consumers * partitions) / produce.partitions;
    const events = arrivals({ kind: "poisson", rate: 1, ...(batch && { batch }) }).poisson!.batch;
    if (fetch.mean > 0) fetching.push({ weight, time: fetchTime(fetch, records / events.mean) });
    if (work.mean === 0) continue;
    const laws = { service: work, firstService: work, coldStart: noLaw, keepAlive: null, closeDown: null };
    const queue = poissonQueue({ ...laws, eventRate: records / events.mean, batch: events });
    if (!queue.stable) {
      const load = Number(queue.load.toPrecision(4));
      return `model: the offered load of ${stage.name} is ${load} of what its busiest consumer can do: its line grows without bound`;
    }
    const { linger: lingerSeconds } = produce;
    const time =
      lingerSeconds > 0
        ? lingeringQueue(queue, {
            batch: events,
            service: work,
            rate: rate / produce.partitions,
            lingerSeconds,
            partitions,
          })
        : sojournTime(queue);
    working.push({ weight, time });
  }
  const times: StageTime[] = [];
  for (const [branches, own, spoils] of [
    [fetching, fetch.mean, `${stage.name} fetches records together`],
    [working, work.mean, `${stage.name} works in line`],
  ] as const) {
    if (branches.length === 0) continue;
    const time = branches.length === 1 ? branches[0]!.time : mixedTime(branches);
    times.push({ time, queue: time.mean - own, inLine: true, spoils });
  }
  return times;
}

const noLaw = distribution({ kind: "deterministic", value: 0 });

/** Its own fetch, and with the chance that one is under way what is left of that. */
function fetchTime(fetch: Distribution, rate: PerSecond): AddedTime {
  const nobodyComes = transformAt(fetch.transform ?? [], complex(rate)).re;
  const underWay = fetch.mean / (fetch.mean + nobodyComes / rate);
  const waits = [
    { weight: 1 - underWay, time: noTime },
    { weight: underWay, time: restOf(fetch) },
  ];
  return sumTime(fetch, mixedTime(waits));
}

/** Beyond, the batches have too many sizes. */
const mostTogether = 300;

/** How many consumers own how many partitions; those without any stay idle. */
function partitionShares(partitions: number, consumers: number): { partitions: number; consumers: number }[] {
  const members = Math.min(partitions, consumers);
  const fewer = Math.floor(partitions / members);
  const more = partitions - fewer * members;
  return [
    { partitions: fewer + 1, consumers: more },
    { partitions: fewer, consumers: members - more },
  ].filter((group) => group.consumers > 0);
}

/** One record and those that come while it lingers. */
function recordsTogether(mean: number): BatchSpec | null {
  if (mean < 1e-9) return null;
  const all = Array.from({ length: Math.ceil(40 + 3 * mean) }, (_, n) => ({
    size: n + 1,
    chance: poissonTerm(n, mean),
  }));
  const kept = all.filter(({ chance }) => chance > 1e-14);
  const total = kept.reduce((sum, { chance }) => sum + chance, 0);
  return { kind: "pmf", sizes: kept.map(({ size }) => size), probabilities: kept.map(({ chance }) => chance / total) };
}
