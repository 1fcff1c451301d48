import type { Batch } from "../arrivals/index.ts";
import type { PerSecond, Seconds } from "../base/units.ts";
import type { Distribution } from "../distributions/index.ts";
import { type Complex, complex, divide, exp, multiply, scale, subtract } from "../numerics/complex.ts";
import type { AddedTime } from "./addedTime.ts";
import type { ColdQueue } from "./coldQueue.ts";
import { eventWork } from "./coldTransforms.ts";
import { transformAt } from "./law.ts";
import { sumOfTimes, varianceOf } from "./sumOfTimes.ts";
import { noTime, timeOf } from "./sumTime.ts";

/**
 * The time from joining a batch that lingers to the end of the own service in the queue that serves it.
 *
 * Who lingers longest is served first: the record that opens the batch waits for the whole time L with nobody of its batch ahead; of
 * the others one that still waits w has those ahead that came before it, Poisson with mean λ(L − w), and the first. Together:
 * J*(s) = [e^(−sL) + λB*·(e^(−λL(1−B*)) − e^(−sL))/(s − λ(1 − B*))]/(1 + λL).
 *
 * Batches do not come as a Poisson process but at least L apart; the work they find is taken as that of Poisson batches, shrunk by a
 * factor for the mean wait.
 *
 * @param queue of the batches, always on
 * @param of.rate of the records of one partition
 */
export function lingeringQueue(
  queue: ColdQueue,
  {
    batch,
    service,
    rate: lambda,
    lingerSeconds: L,
    partitions,
  }: {
    readonly batch: Batch;
    readonly service: Distribution;
    readonly rate: PerSecond;
    readonly lingerSeconds: Seconds;
    /** Partitions whose batches come to one consumer. */
    readonly partitions: number;
  },
): AddedTime {
  const m = lambda * L;
  const factor = regularity({ m, service, load: queue.figures.load, partitions });
  const queued = (s: Complex): Complex => {
    const stretched = scale(s, factor);
    const found = divide(queue.transforms.warm(stretched), eventWork(batch, service, stretched).ahead);
    return scale(multiply(transformAt(service.transform ?? [], s), found), 1 / (1 + m));
  };
  // λB*/(s − λ(1 − B*)), and e^(−λL(1 − B*)).
  const later = (s: Complex): { readonly others: Complex; readonly none: Complex } => {
    const b = transformAt(service.transform ?? [], s);
    const drop = complex(lambda * (1 - b.re), -lambda * b.im);
    return { others: divide(scale(b, lambda), subtract(s, drop)), none: exp(scale(drop, -L)) };
  };
  const transform = [
    { delay: 0, smooth: (s: Complex) => multiply(queued(s), multiply(later(s).others, later(s).none)) },
    { delay: L, smooth: (s: Complex) => multiply(queued(s), subtract(complex(1), later(s).others)) },
  ];
  const lingers = (L + (m * L) / 2) / (1 + m);
  const ahead = (m + (m * m) / 2) / (1 + m);
  const squaredAhead = (2 * (m + 3 * m * m + m ** 3) + 3 * (m + m * m) + m) / 6 / (1 + m);
  const served = (1 + ahead) * varianceOf(service) + (squaredAhead - ahead ** 2) * service.mean ** 2;
  const before = queue.meanSojourn - (1 + ahead) * service.mean;
  const spread = Math.max(0, queue.secondMoment - queue.meanSojourn ** 2 - served);
  const mean = lingers + queue.meanSojourn - (1 - factor) * before;
  const squared = (L * L + (m * L * L) / 3) / (1 + m);
  // Who lingers long has few ahead.
  const covariance = ((m * L) / 2 + (m * m * L) / 6) / (1 + m) - lingers * ahead;
  const variance = squared - lingers ** 2 + served + factor ** 2 * spread + 2 * covariance * service.mean;
  const own: AddedTime = { ...noTime, mean, scv: Math.max(0, variance) / mean ** 2, cdf: () => 0, transform };
  return timeOf(sumOfTimes([{ weight: 1, times: [], own }]), transform);
}

/**
 * How much shorter the wait is than behind Poisson batches, by the variation of the intervals between them.
 *
 * @see Krämer & Langenbach-Belz, Approximate formulae for the delay in the queueing system GI/G/1, ITC 8 (1976) 235
 * @see Whitt, The queueing network analyzer, Bell Syst. Tech. J. 62 (1983) 2779, for several streams
 */
function regularity({
  m,
  service,
  load,
  partitions,
}: {
  readonly m: number;
  readonly service: Distribution;
  readonly load: number;
  readonly partitions: number;
}): number {
  const weight = 1 / (1 + 4 * (1 - load) ** 2 * (partitions - 1));
  const arrivals = weight / (1 + m) ** 2 + 1 - weight;
  const work = ((1 + m) * varianceOf(service) + m * service.mean ** 2) / ((1 + m) * service.mean) ** 2;
  const regular = Math.exp((-2 * (1 - load) * (1 - arrivals) ** 2) / (3 * load * (arrivals + work)));
  return ((arrivals + work) / (1 + work)) * regular;
}
