import { type Distribution, distribution } from "../distributions/index.ts";
import { type PodStart, podStartSteps } from "../scenario/podStart.ts";
import { sumTime } from "./sumTime.ts";

/** What the model asks of a start. */
export type StartLaw = Omit<Distribution, "sampler">;

/** A pod's start as one time; steps follow each other independently. */
export function podStartLaw(podStart: PodStart): StartLaw {
  if (podStart.kind !== "steps") return distribution(podStart);
  const steps = podStartSteps.map((step) => distribution(podStart[step])).filter(({ mean }) => mean > 0);
  const [first, ...others] = steps;
  if (first === undefined) return distribution({ kind: "deterministic", value: 0 });
  return others.reduce<StartLaw>((a, b) => ({ ...sumTime(a, b), moment: (k) => momentOfSum(a, b, k) }), first);
}

/** E[(A + B)ᵏ] of independent times. */
function momentOfSum(a: StartLaw, b: StartLaw, k: number): number {
  let sum = 0;
  let choose = 1;
  for (let i = 0; i <= k; i++) {
    sum += choose * (i === 0 ? 1 : a.moment(i)) * (i === k ? 1 : b.moment(k - i));
    choose = (choose * (k - i)) / (i + 1);
  }
  return sum;
}
