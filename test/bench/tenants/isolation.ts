// What a tenant of each way can reach of another's: memory, files, network.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { built, startHost } from "../../e2e/hostProcess.ts";
import { runInContainer } from "./container.ts";
import type { Tenants } from "./ways.ts";

/** True where it was reached. */
export interface Reached {
  readonly memory: boolean;
  readonly files: boolean;
  readonly network: boolean;
}

/** A tenant in a host: by everything that WASI has a name for. */
export async function reachedByGuest(component: "tenant.wasm" | "composed.wasm"): Promise<Reached> {
  const { ask, port, end } = await startHost(
    "--instances",
    "1",
    "--queue",
    "9",
    `a=${built(component)}`,
    `b=${built(component)}`,
  );
  try {
    let found = 0;
    for (let n = 0; n < 10; n++) {
      await ask("/a/leave-secret");
      found += Number(/found: (\d+)/.exec((await ask("/b/find-secret")).text)?.[1]);
    }
    const files = (await ask("/a/files")).text !== "folders: 0\n";
    const reached = [`/a/connect?${port}`, `/a/fetch?127.0.0.1:${port}`].map(
      async (path) => !(await ask(path)).text.includes("Err("),
    );
    return { memory: found > 0, files, network: (await Promise.all(reached)).includes(true) };
  } finally {
    await end();
  }
}

/** A native tenant beside the first of `tenants`: as a process of the same user, of another one, or in a container. */
export function reachedByProgram(tenants: Tenants, as: "same user" | "other user" | "container"): Reached | null {
  const folder = mkdtempSync(join(tmpdir(), "coldcast-probe-"));
  try {
    const probe = join(folder, "probe");
    const source = fileURLToPath(new URL("./probe.c", import.meta.url));
    if (spawnSync("cc", ["-static", "-O1", "-o", probe, source]).status !== 0) return null;
    const secret = join(folder, "secret");
    writeFileSync(secret, "the neighbour's", { mode: 0o600 });
    const { url, pid } = tenants.all[0]!;
    const { hostname, port } = new URL(url);
    const words = [String(pid), secret, port, hostname];
    if (as === "container") return read(runInContainer(200, probe, ["/program", ...words]));
    const user = as === "same user" ? {} : { uid: 65534, gid: 65534 };
    execFileSync("chmod", ["755", folder]);
    return read(execFileSync(probe, words, { encoding: "utf8", ...user }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function read(text: string): Reached {
  const has = (name: string): boolean => text.includes(`${name} 1\n`);
  return { memory: has("memory"), files: has("files"), network: has("network") };
}
