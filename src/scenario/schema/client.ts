import { failureKinds } from "../answer.ts";
import { atLeast, count, duration, list, mapping, positive, within, word } from "./fields.ts";

/** A client's retries; the names are gRPC's. */
export const retries = mapping(
  {
    maxAttempts: count(2, 100).default(3).describe("Attempts in all, the first included."),
    initialBackoff: duration().prefault("100ms").describe("The wait before the first retry."),
    backoffMultiplier: atLeast(1).default(2).describe("By how much each further wait is longer than the one before."),
    maxBackoff: duration().prefault("10s").describe("The longest wait."),
    jitter: within(0, 1).default(0.2).describe("Each wait is multiplied by a uniform factor in 1 ± jitter."),
    attemptTimeout: duration(positive)
      .optional()
      .describe("How long one attempt may take, from its own start; timeout still ends the request as a whole."),
    on: list(word(failureKinds))
      .default([...failureKinds])
      .meta({ description: "Which failures are tried again.", examples: [["timeout", "http5xx"]] }),
  },
  { what: "retries: maxAttempts, initialBackoff, backoffMultiplier, maxBackoff, jitter, attemptTimeout, on" },
).meta({
  id: "Retries",
  description:
    "A client that tries again after a failure; the n-th retry waits min(initialBackoff × backoffMultiplierⁿ⁻¹, maxBackoff), with jitter. The names are gRPC's.",
});

/** Further attempts before the first has answered. */
export const hedge = mapping(
  {
    maxAttempts: count(2, 100).default(2).describe("Attempts in all, the first included."),
    delay: duration().describe("From one attempt to the next, while none has answered."),
  },
  { what: "a hedge: maxAttempts, delay" },
).meta({
  id: "Hedge",
  description: "A client that asks again before the first attempt has answered, and takes the first answer.",
});
