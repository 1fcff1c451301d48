#!/usr/bin/env node
// The entry point. As an installed package it runs dist/; from a clone it first sets up what is missing and runs src/.
// Plain JavaScript for old Node versions too, because it is what must say that a version is too old.
import { existsSync } from "node:fs";
import module from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { isRecentNode, neededNode, runInNode, setUp } from "./setup.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const source = `${root}src/cli/start.ts`;
const isClone = existsSync(source) && existsSync(`${root}package-lock.json`);

if (isClone) await setUp({ root });
if (isRecentNode()) {
  // Compiled code is kept between runs, in the folder for temporary files: starting takes half as long.
  module.enableCompileCache?.();
  const { start } = await import(pathToFileURL(isClone ? source : `${root}dist/cli/start.js`).href);
  await start();
} else if (isClone) {
  process.exitCode = await runInNode({ root, args: [fileURLToPath(import.meta.url), ...process.argv.slice(2)] });
} else {
  process.stderr.write(`coldcast needs Node ${neededNode} or newer; this is ${process.versions.node}\n`);
  process.exitCode = 2;
}
