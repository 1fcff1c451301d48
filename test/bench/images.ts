/**
 * What pulling and unpacking the detector's images takes: the component as an OCI artifact, and the container.
 *
 *   npm run bench:images [-- --pulls 30 --bandwidth BYTES_PER_SECOND --write]
 *   npm run bench:images -- --scenario SCENARIO --steps NAME=component|container … --out FILE
 *
 * The registry is on this machine: a network comes on top, which --bandwidth states. --write puts what it finds into
 * docs/functions.md. --out writes a scenario with the times as steps `pull` and `unpack` of the named targets' `podStart`. Half a
 * minute. Needs `functions/build.sh detector images wasmtime`, docker-registry and skopeo.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { parseDocument } from "yaml";
import { type Pulled, Registry } from "../functions/registry.ts";
import { wasmtime } from "../functions/servers.ts";
import { markdownTable } from "../validation/page.ts";
import { findings, spread } from "./findings.ts";

const { values } = parseArgs({
  options: {
    pulls: { type: "string", default: "30" },
    bandwidth: { type: "string", default: "0" },
    write: { type: "boolean", default: false },
    scenario: { type: "string" },
    steps: { type: "string", multiple: true, default: [] },
    out: { type: "string" },
  },
});
const [pulls, bandwidth] = [Number(values.pulls), Number(values.bandwidth)];
const out = "functions/target/out";

/** What a node does with a layer before a process can be made of it. */
const kinds = {
  container: {
    archive: `${out}/detector-container.tar`,
    unpack: (layer: string, folder: string) => execFileSync("tar", ["-xf", layer, "-C", folder]),
  },
  component: {
    archive: `${out}/detector-artifact.tar`,
    unpack: (layer: string, folder: string) =>
      execFileSync(wasmtime, ["compile", "-o", join(folder, "detector.cwasm"), layer]),
  },
} as const;
type Kind = keyof typeof kinds;

interface Measured {
  readonly pulled: Pulled;
  /** Seconds, one of each pull. */
  readonly pull: readonly number[];
  readonly unpack: readonly number[];
}

async function measure(registry: Registry, kind: Kind): Promise<Measured> {
  const { archive, unpack } = kinds[kind];
  registry.push(archive, `detector:${kind}`);
  const times = { pull: [] as number[], unpack: [] as number[] };
  let last: Pulled | undefined;
  // The first pull and unpacking warm up both sides and are not counted.
  for (let n = 0; n <= pulls; n++) {
    const folder = mkdtempSync(join(tmpdir(), "coldcast-pull-"));
    const began = performance.now();
    last = await registry.pull(`detector:${kind}`, folder);
    const there = performance.now();
    unpack(last.files[0]!, folder);
    if (n > 0) {
      times.pull.push((there - began) / 1e3 + (bandwidth > 0 ? last.bytes / bandwidth : 0));
      times.unpack.push((performance.now() - there) / 1e3);
    }
    rmSync(folder, { recursive: true });
  }
  return { pulled: last!, ...times };
}

/** A law of the measured mean and scatter, as scenarios write it. */
function law(seconds: readonly number[]): object {
  const mean = seconds.reduce((sum, each) => sum + each, 0) / seconds.length;
  const variance = seconds.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (seconds.length - 1);
  return {
    kind: "lognormal",
    mean: `${(mean * 1e3).toPrecision(4)}ms`,
    scv: Number((variance / mean ** 2).toPrecision(3)),
  };
}

const ms = (seconds: readonly number[]): string =>
  spread(
    seconds.map((each) => each * 1e3),
    1,
  );

const { tell, end } = findings("images", values.write);
const registry = await Registry.start();
const measured = { component: await measure(registry, "component"), container: await measure(registry, "container") };
registry.end();

tell(
  markdownTable(
    ["image", "bytes, all blobs", "digest", "pull, ms: median [least, most]", "unpack, ms"],
    Object.entries(measured).map(([kind, { pulled, pull, unpack }]) => [
      kind,
      String(pulled.bytes),
      `\`${pulled.digest.slice(0, 19)}…\``,
      ms(pull),
      ms(unpack),
    ]),
  ),
);
end();
if (values.scenario !== undefined && values.out !== undefined) {
  const document = parseDocument(readFileSync(values.scenario, "utf8"));
  for (const target of values.steps) {
    const [name, kind] = target.split("=") as [string, Kind];
    const { pull, unpack } = measured[kind];
    document.setIn(["targets", name, "podStart", "steps", "pull"], document.createNode(law(pull), { flow: true }));
    document.setIn(["targets", name, "podStart", "steps", "unpack"], document.createNode(law(unpack), { flow: true }));
  }
  writeFileSync(values.out, document.toString({ lineWidth: 0 }));
}
