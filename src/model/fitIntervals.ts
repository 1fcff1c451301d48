import { balanced, type Phases, side, stages } from "./phasesOf.ts";

/** More stages than this for a time that hardly varies cost too much. */
const mostStages = 24;

/**
 * A phase-type time with given moments.
 *
 * Below scv 1 one of two Erlang times of k − 1 and k stages, k up to 24; above, two exponential times that also have the third
 * moment where that is possible, else balanced means.
 *
 * @param third E[X³], may be Infinity
 * @see Tijms, A first course in stochastic models (2003), app. B; Whitt, Oper. Res. 30 (1982) 125
 */
export function fitIntervals({
  mean,
  scv,
  third,
}: {
  readonly mean: number;
  readonly scv: number;
  readonly third: number;
}): { readonly phases: Phases; readonly kind: string } {
  if (Math.abs(scv - 1) < 1e-9) return { phases: stages(1, mean), kind: "exponential times" };
  if (scv > 1) return { phases: twoExponentials(mean, scv, third), kind: "times of two exponential phases" };
  const k = Math.min(mostStages, Math.max(2, Math.ceil(1 / scv - 1e-9)));
  if (k * scv <= 1 + 1e-9) return { phases: stages(k, mean), kind: `Erlang times of ${k} stages` };
  const p = (k * scv - Math.sqrt(k * (1 + scv) - k * k * scv)) / (1 + scv);
  const whole = stages(k, (mean * k) / (k - p));
  return {
    phases: { ...whole, initial: whole.initial.map((_, i) => (i === 0 ? 1 - p : i === 1 ? p : 0)) },
    kind: `Erlang times of ${k - 1} or ${k} stages`,
  };
}

function twoExponentials(mean: number, scv: number, third: number): Phases {
  const of = (weight: number, phaseMean: number) => ({ weight, of: stages(1, phaseMean) });
  // In reduced moments mₖ/k! the means of the phases are the roots of a quadratic.
  const [r1, r2, r3] = [mean, ((1 + scv) * mean ** 2) / 2, third / 6];
  const spread = r2 - r1 ** 2;
  const sum = (r3 - r1 * r2) / spread;
  const product = (r1 * r3 - r2 ** 2) / spread;
  const root = Math.sqrt(sum ** 2 - 4 * product);
  const [long, short] = [(sum + root) / 2, (2 * product) / (sum + root)];
  const share = (r1 - short) / (long - short);
  if (third < Infinity && product > 0 && root > 0 && share > 0 && share < 1) {
    return side([of(share, long), of(1 - share, short)]);
  }
  const { probabilities, means } = balanced({ mean, scv });
  return side(probabilities.map((weight, i) => of(weight, means[i]!)));
}
