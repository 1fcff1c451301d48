import { z } from "zod";
import { kindError } from "./fields.ts";
import { knativeTarget } from "./knativeTarget.ts";
import { perRequestTarget } from "./perRequestTarget.ts";
import { serverTarget } from "./serverTarget.ts";
import { spinkubeTarget } from "./spinkubeTarget.ts";
import { what } from "./targetFields.ts";

export const targetKinds = ["server", "spinkube", "knative", "perRequest"] as const;

export const target = z
  .discriminatedUnion("kind", [serverTarget, spinkubeTarget, knativeTarget, perRequestTarget], {
    error: kindError(what, targetKinds, ["edge", "pipeline"]),
  })
  .meta({ id: "Target" });

export type TargetDocument = z.input<typeof target>;
