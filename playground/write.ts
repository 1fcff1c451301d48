import { mkdirSync, writeFileSync } from "node:fs";
import { playgroundHtml } from "./build.ts";

const file = "out/playground.html";
mkdirSync("out", { recursive: true });
writeFileSync(file, await playgroundHtml());
process.stdout.write(`${file}\n`);
