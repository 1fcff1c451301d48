// A WASI command in Node's own engine: wasiMain.ts MODULE. Flags of V8 are the process's own (node --liftoff-only …).
import { readFileSync } from "node:fs";
import { WASI } from "node:wasi";
import { engine } from "./engine.ts";

const wasi = new WASI({ version: "preview1" });
const module = new engine.Module(readFileSync(process.argv[2]!));
process.exitCode = wasi.start(new engine.Instance(module, wasi.getImportObject()));
