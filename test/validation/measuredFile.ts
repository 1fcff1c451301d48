import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

/** A file of published measurements: of the folder that `COLDCAST_ORACLES` names where it is there, else this project's own. */
export function measuredFile(name: string): URL {
  const elsewhere = process.env.COLDCAST_ORACLES;
  const path = elsewhere === undefined ? undefined : join(resolve(elsewhere), "measured", name);
  return path !== undefined && existsSync(path)
    ? pathToFileURL(path)
    : new URL(`../reference/oracles/measured/${name}`, import.meta.url);
}
