import { failureKinds } from "../answer.ts";
import { atLeast, count, duration, list, mapping, positive, within, word } from "./fields.ts";

/** A client's retries; the names are gRPC's. */
export const retries = mapping(
  {
    maxAttempts: count(2, 100).default(3),
    initialBackoff: duration().prefault("100ms"),
    backoffMultiplier: atLeast(1).default(2),
    maxBackoff: duration().prefault("10s"),
    jitter: within(0, 1).default(0.2),
    attemptTimeout: duration(positive).optional(),
    on: list(word(failureKinds)).default([...failureKinds]),
  },
  { what: "retries: maxAttempts, initialBackoff, backoffMultiplier, maxBackoff, jitter, attemptTimeout, on" },
);

/** Further attempts before the first has answered. */
export const hedge = mapping(
  { maxAttempts: count(2, 100).default(2), delay: duration() },
  { what: "a hedge: maxAttempts, delay" },
);
