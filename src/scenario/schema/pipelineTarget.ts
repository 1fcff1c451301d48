import { z } from "zod";
import { mapping } from "./fields.ts";
import { stages } from "./stages.ts";
import { common, timeout, what } from "./targetFields.ts";

/** Stages in series: Kafka, aggregator, trigger, function, collector. */
export const pipelineTarget = mapping(
  {
    kind: z.literal("pipeline"),
    ...common,
    timeout: timeout.optional(),
    stages: stages.describe("The stages, in order."),
  },
  { what },
).describe("Stages in series: Kafka topics, consumers, a function; a request is over when it has left the last.");
