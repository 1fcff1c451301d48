import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

export interface Manifest {
  readonly mediaType: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

/** What came of a pull. */
export interface Pulled {
  readonly digest: string;
  readonly manifest: Manifest;
  /** Of all blobs. */
  readonly bytes: number;
  /** The layers' files, in order. */
  readonly files: readonly string[];
}

/** Debian's packages docker-registry (CNCF Distribution) and skopeo. */
export const hasRegistry = ["docker-registry", "skopeo"].every((name) => spawnSync(name, ["--version"]).status === 0);

/** A registry of one's own: Distribution with its files in a folder that goes with it. */
export class Registry {
  readonly host: string;
  private readonly child: ChildProcess;
  private readonly folder: string;

  private constructor(host: string, child: ChildProcess, folder: string) {
    this.host = host;
    this.child = child;
    this.folder = folder;
  }

  static async start(): Promise<Registry> {
    const folder = mkdtempSync(join(tmpdir(), "coldcast-registry-"));
    const host = `127.0.0.1:${await freePort()}`;
    const config = {
      version: 0.1,
      log: { level: "error" },
      storage: { filesystem: { rootdirectory: join(folder, "blobs") } },
      http: { addr: host },
    };
    writeFileSync(join(folder, "config.yml"), JSON.stringify(config));
    const child = spawn("docker-registry", ["serve", join(folder, "config.yml")], { stdio: "ignore" });
    const registry = new Registry(host, child, folder);
    while (!(await fetch(`http://${host}/v2/`).catch(() => undefined))?.ok) {
      if (child.exitCode !== null) throw new Error(`docker-registry ended with ${child.exitCode}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return registry;
  }

  /** Pushes an OCI archive, byte for byte. */
  push(archive: string, name: string): void {
    skopeo(["copy", "--preserve-digests", "--dest-tls-verify=false", `oci-archive:${archive}`, this.reference(name)]);
  }

  /** Pulls by skopeo into an OCI layout. */
  copyTo(name: string, layout: string): void {
    skopeo(["copy", "--preserve-digests", "--src-tls-verify=false", this.reference(name), `oci:${layout}:pulled`]);
  }

  /**
   * Pulls as a node does: the manifest, then each blob, checked against its digest and written to disk.
   *
   * @throws where a blob is not what its digest says
   */
  async pull(name: string, into: string): Promise<Pulled> {
    const [repository, tag] = name.split(":") as [string, string];
    const accept = "application/vnd.oci.image.manifest.v1+json";
    const text = await this.get(`${repository}/manifests/${tag}`, accept);
    const manifest = JSON.parse(text.toString()) as Manifest;
    mkdirSync(into, { recursive: true });
    const files: string[] = [];
    for (const { digest } of [manifest.config, ...manifest.layers]) {
      const blob = await this.get(`${repository}/blobs/${digest}`);
      if (digestOf(blob) !== digest) throw new Error(`the registry sent something else than ${digest}`);
      const file = join(into, digest.replace(":", "-"));
      writeFileSync(file, blob, { flush: true });
      files.push(file);
    }
    const bytes = [manifest.config, ...manifest.layers].reduce((sum, { size }) => sum + size, text.length);
    return { digest: digestOf(text), manifest, bytes, files: files.slice(1) };
  }

  end(): void {
    this.child.kill("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  }

  private reference(name: string): string {
    return `docker://${this.host}/${name}`;
  }

  private async get(path: string, accept = "*/*"): Promise<Buffer> {
    const response = await fetch(`http://${this.host}/v2/${path}`, { headers: { accept } });
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  }
}

export const digestOf = (bytes: Buffer): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

function skopeo(args: readonly string[]): void {
  execFileSync("skopeo", ["--insecure-policy", ...args], { stdio: ["ignore", "ignore", "pipe"] });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
