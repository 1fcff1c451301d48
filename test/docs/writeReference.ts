import { writeFileSync } from "node:fs";
import { scenarioReference } from "./scenarioReference.ts";

writeFileSync("docs/scenario-reference.md", scenarioReference());
