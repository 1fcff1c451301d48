import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { digestOf, hasRegistry, Registry } from "../functions/registry.ts";

/** What `functions/build.sh detector images` makes. */
const out = "functions/target/out";
const archives = { artifact: `${out}/detector-artifact.tar`, container: `${out}/detector-container.tar` };
const canRun = hasRegistry && Object.values(archives).every(existsSync);

describe.skipIf(!canRun)("a registry holds the detector (functions/build.sh; docker-registry and skopeo)", () => {
  let registry: Registry;
  const folder = mkdtempSync(join(tmpdir(), "coldcast-oci-"));
  beforeAll(async () => {
    registry = await Registry.start();
    registry.push(archives.artifact, "detector:wasm");
    registry.push(archives.container, "detector:container");
  });
  afterAll(() => {
    registry.end();
    rmSync(folder, { recursive: true });
  });

  it("as a component, in the media types of CNCF's Wasm artifacts", async () => {
    const { manifest, files } = await registry.pull("detector:wasm", join(folder, "wasm"));
    expect(manifest.mediaType).toBe("application/vnd.oci.image.manifest.v1+json");
    expect(manifest.config.mediaType).toBe("application/vnd.wasm.config.v0+json");
    expect(manifest.layers.map(({ mediaType }) => mediaType)).toEqual(["application/wasm"]);
    const component = readFileSync(`${out}/detector.wasm`);
    expect(readFileSync(files[0]!).equals(component)).toBe(true);
    const config = JSON.parse(readFileSync(join(folder, "wasm", manifest.config.digest.replace(":", "-")), "utf8"));
    expect(config).toMatchObject({ architecture: "wasm", os: "wasip2", layerDigests: [digestOf(component)] });
    expect(config.component.exports).toEqual([expect.stringMatching(/^wasi:http\/incoming-handler@0\.2\./)]);
    expect(config.component.imports).toContainEqual(expect.stringMatching(/^wasi:http\/types@0\.2\./));
  });

  it("as a container, whose layer unpacks to the server", async () => {
    const { manifest, files } = await registry.pull("detector:container", join(folder, "container"));
    expect(manifest.config.mediaType).toBe("application/vnd.oci.image.config.v1+json");
    execFileSync("tar", ["-xf", files[0]!, "-C", join(folder, "container")]);
    expect(readFileSync(join(folder, "container/detector")).equals(readFileSync(`${out}/detector`))).toBe(true);
  });

  it("under the digest that it was pushed with, for any client", async () => {
    for (const name of ["detector:wasm", "detector:container"]) {
      const layout = join(folder, name.replace(":", "-"));
      registry.copyTo(name, layout);
      const [copied] = JSON.parse(readFileSync(join(layout, "index.json"), "utf8")).manifests;
      expect(copied.digest).toBe((await registry.pull(name, join(folder, "again"))).digest);
    }
  });

  it("and says so where something is not there", async () => {
    await expect(registry.pull("detector:none", folder)).rejects.toThrow("404");
  });
});
