import { writeFileSync } from "node:fs";
import { scenarioJsonSchema } from "../../src/scenario/schema/jsonSchema.ts";

writeFileSync("scenarios/scenario.schema.json", `${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`);
