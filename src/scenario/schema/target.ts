import { z } from "zod";
import { edgeTarget } from "./edgeTarget.ts";
import { kindError } from "./fields.ts";
import { knativeTarget } from "./knativeTarget.ts";
import { nodeTarget } from "./nodeTarget.ts";
import { perRequestTarget } from "./perRequestTarget.ts";
import { pipelineTarget } from "./pipelineTarget.ts";
import { serverTarget } from "./serverTarget.ts";
import { spinkubeTarget } from "./spinkubeTarget.ts";
import { what } from "./targetFields.ts";

export const targetKinds = ["server", "spinkube", "knative", "perRequest", "edge", "pipeline", "node"] as const;

export const target = z
  .discriminatedUnion(
    "kind",
    [serverTarget, spinkubeTarget, knativeTarget, perRequestTarget, edgeTarget, pipelineTarget, nodeTarget],
    { error: kindError(what, targetKinds) },
  )
  .meta({ id: "Target", description: "A platform that serves the requests: a mapping with a kind." });

export type TargetDocument = z.input<typeof target>;
