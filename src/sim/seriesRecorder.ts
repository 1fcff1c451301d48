import type { Seconds } from "../base/units.ts";

/** Latencies in order, as means of equally many each; plain data. */
export interface LatencySeries {
  /** Requests per mean. */
  readonly size: number;
  readonly means: Float64Array;
  /** When the last request of each arrived. */
  readonly until: Float64Array;
}

const blocksMax = 512;
/** As MSER-5 has it. */
const sizeAtFirst = 5;

/** Means of blocks of latencies, warm-up included: at most 512, joined in pairs as the run grows. */
export class SeriesRecorder {
  readonly #means = new Float64Array(blocksMax);
  readonly #until = new Float64Array(blocksMax);
  #size = sizeAtFirst;
  #blocks = 0;
  #inBlock = 0;
  #sum = 0;

  completed(at: Seconds, latency: Seconds): void {
    this.#sum += latency;
    if (++this.#inBlock === this.#size) this.#close(at);
  }

  data(): LatencySeries {
    return {
      size: this.#size,
      means: this.#means.slice(0, this.#blocks),
      until: this.#until.slice(0, this.#blocks),
    };
  }

  #close(at: Seconds): void {
    this.#means[this.#blocks] = this.#sum / this.#size;
    this.#until[this.#blocks] = at;
    this.#blocks++;
    this.#sum = 0;
    this.#inBlock = 0;
    if (this.#blocks < blocksMax) return;
    const { means, until } = joinPairs({ means: this.#means, until: this.#until });
    this.#means.set(means);
    this.#until.set(until);
    this.#blocks = blocksMax / 2;
    this.#size *= 2;
  }
}

/** The mean over replications, block by block, as far as all of them go. */
export function averageSeries(all: readonly LatencySeries[]): LatencySeries {
  const size = Math.max(...all.map((series) => series.size));
  const coarse = all.map((series) => {
    let one: Pick<LatencySeries, "means" | "until"> = series;
    for (let each = series.size; each < size; each *= 2) one = joinPairs(one);
    return one;
  });
  const blocks = Math.min(...coarse.map(({ means }) => means.length));
  const mean = (pick: (series: (typeof coarse)[number]) => Float64Array) =>
    Float64Array.from(
      { length: blocks },
      (_, i) => coarse.reduce((sum, one) => sum + pick(one)[i]!, 0) / coarse.length,
    );
  return { size, means: mean(({ means }) => means), until: mean(({ until }) => until) };
}

function joinPairs({ means, until }: Pick<LatencySeries, "means" | "until">): Pick<LatencySeries, "means" | "until"> {
  const pairs = Math.floor(means.length / 2);
  return {
    means: Float64Array.from({ length: pairs }, (_, i) => (means[2 * i]! + means[2 * i + 1]!) / 2),
    until: Float64Array.from({ length: pairs }, (_, i) => until[2 * i + 1]!),
  };
}
