import type { Seconds } from "../base/units.ts";
import type { Complex } from "../numerics/complex.ts";
import type { Source } from "../random/source.ts";

/** The law of a non-negative random time. */
export interface Distribution {
  readonly mean: Seconds;
  /** Squared coefficient of variation, Var[X] / E[X]² (dimensionless); 0 when the mean is 0. */
  readonly scv: number;
  /** P(X ≤ x), right-continuous; 0 below 0. */
  cdf(x: Seconds): number;
  /** The smallest x with P(X ≤ x) ≥ p, for p in [0, 1]; quantile(0) is the infimum of the support. */
  quantile(p: number): Seconds;
  /** E[Xᵏ] for k in 1..4, in secondsᵏ; Infinity where it diverges. */
  moment(k: number): number;
  /**
   * The Laplace–Stieltjes transform E[e^(−sX)] as Σ e^(−s·delay)·smooth(s), so that a numerical inverter can treat
   * each jump and kink by itself; absent where no transform is known.
   */
  readonly transform?: readonly TransformPart[];
  /**
   * 1 − E[e^(−sX)] with every digit near s = 0, where the difference loses them: a queue at high load needs it. Absent
   * where the difference is all there is.
   */
  transformRest?(s: Complex): Complex;
  /** Binds to a source once; the function returned is the hot path. */
  sampler(source: Source): () => Seconds;
}

/** One term e^(−s·delay)·smooth(s) of a transform, for Re s ≥ 0. */
export interface TransformPart {
  readonly delay: Seconds;
  smooth(s: Complex): Complex;
}
