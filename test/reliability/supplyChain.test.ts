import { execFileSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, it } from "vitest";

interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly integrity?: string; readonly resolved?: string; readonly link?: boolean }>
  >;
}

const listed = execFileSync("git", ["ls-files"], { encoding: "utf8" }).trim().split("\n");
const named = (name: string): string[] => listed.filter((path) => basename(path) === name);
const read = (path: string): string => readFileSync(path, "utf8");

describe("the dependencies", () => {
  it.each(named("package.json").filter((path) => !path.includes("fixtures")))(
    "%s names exact versions, and has a lock",
    (path) => {
      const { dependencies, devDependencies } = JSON.parse(read(path)) as Record<
        string,
        Record<string, string> | undefined
      >;
      const wanted = Object.entries({ ...dependencies, ...devDependencies });
      expect(wanted.filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))).toEqual([]);
      if (wanted.length > 0) expect(listed).toContain(path.replace("package.json", "package-lock.json"));
    },
  );

  it.each(named("package-lock.json"))("%s holds a hash of each", (path) => {
    const { packages } = JSON.parse(read(path)) as Lock;
    const locked = Object.entries(packages).filter(([at, { link }]) => at !== "" && !link);
    expect(locked.length).toBeGreaterThan(10);
    expect(locked.filter(([, { integrity }]) => !integrity?.startsWith("sha512-")).map(([at]) => at)).toEqual([]);
  });

  it.each(named("Cargo.lock"))("%s holds a hash of each crate that is not ours", (path) => {
    const crates = read(path).split("[[package]]").slice(1);
    const foreign = crates.filter((crate) => crate.includes("source = "));
    expect(foreign.filter((crate) => !/checksum = "[0-9a-f]{64}"/.test(crate))).toEqual([]);
    expect(foreign.filter((crate) => !crate.includes('source = "registry+'))).toEqual([]);
  });

  it.each(named("Cargo.toml"))("%s names exact versions", (path) => {
    const [, dependencies = ""] = /^\[(?:workspace\.)?dependencies\]\n([^[]*)/m.exec(read(path)) ?? [];
    const versions = [...dependencies.matchAll(/^\w[\w-]*\s*=\s*(?:"([^"]*)"|\{[^}]*version = "([^"]*)")/gm)];
    expect(versions.map(([line]) => line).filter((line) => !/"=\d+\.\d+\.\d+[^"]*"/.test(line))).toEqual([]);
  });

  it.each(named("go.mod"))("%s needs nothing, or what go.sum has hashes of", (path) => {
    if (/^require\b/m.test(read(path))) expect(read(path.replace("go.mod", "go.sum"))).toContain("h1:");
  });

  // --omit dev leaves out what an installation needs as soon as something of development needs it as well.
  it("are there as a bill of materials (CycloneDX)", () => {
    expect(JSON.parse(read("package.json")).scripts.sbom).toBe("npm sbom --sbom-format cyclonedx --package-lock-only");
  });
});

describe("images", () => {
  it("are never named without a tag, or by one that moves", () => {
    const files = globSync(["k8s/**/*", "functions/**/{Dockerfile,*.toml}", "scenarios/*.yaml"], {
      withFileTypes: true,
      exclude: ["functions/target/**", "functions/*/target/**"],
    }).filter((entry) => entry.isFile());
    const texts = files.map(
      (entry) => [`${entry.parentPath}/${entry.name}`, read(`${entry.parentPath}/${entry.name}`)] as const,
    );
    expect(texts.filter(([, text]) => /[\w/]:latest\b/.test(text)).map(([path]) => path)).toEqual([]);
    const from = texts.flatMap(([, text]) => [...text.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image!));
    expect(from.length).toBeGreaterThan(0);
    expect(from.filter((image) => image !== "scratch" && !/[:@]/.test(image))).toEqual([]);
  });
});
