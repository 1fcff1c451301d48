import type { Distribution } from "../distributions/index.ts";

/** What the model needs to know of an independent time that is part of a latency: a law of the scenario, or a stage's. */
export type AddedTime = Omit<Distribution, "sampler" | "moment" | "transformRest">;
