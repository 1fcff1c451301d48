import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answersOf, cases, detectors, lineOf } from "../functions/detectors.ts";
import { engine } from "../functions/engine.ts";
import { type Started, serveFlags, start, wasmtime } from "../functions/servers.ts";

const out = "functions/target/out";
const all = cases();
const node = ["--no-warnings", "test/functions/wasiMain.ts"];
const built = detectors([["in Node's engine", [process.execPath, ...node]]]);

describe.skipIf(built.length === 0)("the detector in every language (functions/build.sh detector)", () => {
  it.each(built.map((each) => [`${each.language}, ${each.mode}`, each] as const))("%s", (_, detector) => {
    const answers = answersOf(detector, all);
    expect(answers).toHaveLength(all.length);
    for (const [i, { name, answer }] of all.entries()) expect(answers[i], name).toEqual(answer);
  });
});

const servers = [
  ["server", "functions/build.sh detector", [`${out}/detector`]],
  [
    "component",
    "functions/build.sh detector wasmtime",
    [wasmtime, "serve", ...serveFlags, "--env", "HOSTNAME=pod-1", `${out}/detector.wasm`],
  ],
] as const;

describe.each(servers)("the detector as a %s (%s)", (_, __, command) => {
  const isBuilt = existsSync(command[0]) && existsSync(command.at(-1)!);
  let server: Started;
  beforeAll(async () => {
    if (isBuilt) server = await start(command, { HOSTNAME: "pod-1" });
  });
  afterAll(() => server?.end());

  it.skipIf(!isBuilt)("answers every case, and refuses with 400 what is no event", async () => {
    for (const each of all) {
      const response = await fetch(server.url, { method: "POST", body: lineOf(each) });
      expect(await response.json(), each.name).toEqual(each.answer);
      const accepted = !("error" in (each.answer as object));
      expect([response.status, response.headers.get("coldcast-instance")]).toEqual([accepted ? 200 : 400, "pod-1"]);
    }
  });

  it.skipIf(!isBuilt)("does the work that the sender names in place of the event's own", async () => {
    const headers = { "ce-workseconds": "0.00001", "ce-workis": "cpu" };
    const response = await fetch(server.url, { method: "POST", headers, body: lineOf(all[0]!) });
    expect(await response.json()).toMatchObject({ rounds: 2500 });
    const alone = await fetch(server.url, { method: "POST", headers });
    expect([alone.status, await alone.text()]).toEqual([200, ""]);
    expect(alone.headers.get("coldcast-checksum")).toMatch(/^[0-9a-f]{8,16}$/);
  });

  it.skipIf(!isBuilt)("refuses what is longer than any event", async () => {
    const response = await fetch(server.url, { method: "POST", body: "x".repeat(1024 * 1024 + 1) });
    expect(response.status).toBe(400);
  });
});

describe.skipIf(!existsSync(`${out}/gpu.wasm`))("the guest for a GPU (functions/build.sh gpu)", () => {
  it("asks its host for inference, and for nothing else but WASI", () => {
    const module = new engine.Module(readFileSync(`${out}/gpu.wasm`));
    const imports = engine.Module.imports(module);
    const asked = imports.filter((each) => each.module === "wasi_ephemeral_nn").map(({ name }) => name);
    expect(asked.sort()).toEqual(["compute", "get_output", "init_execution_context", "load_by_name", "set_input"]);
    expect([...new Set(imports.map((each) => each.module))].sort()).toEqual([
      "wasi_ephemeral_nn",
      "wasi_snapshot_preview1",
    ]);
  });
});
