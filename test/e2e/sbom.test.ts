import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

it("npm run sbom writes a bill of materials (CycloneDX) of all there is, and says what is for development only", () => {
  const written = execFileSync("npm", ["run", "--silent", "sbom"], { encoding: "utf8", maxBuffer: 1 << 26 });
  const { bomFormat, specVersion, components } = JSON.parse(written) as {
    bomFormat: string;
    specVersion: string;
    components: {
      name: string;
      version: string;
      purl: string;
      scope?: string;
      hashes?: { alg: string; content: string }[];
    }[];
  };
  expect([bomFormat, Number(specVersion) >= 1.4]).toEqual(["CycloneDX", true]);
  const { dependencies } = JSON.parse(readFileSync("package.json", "utf8")) as { dependencies: Record<string, string> };
  const listed = components
    .filter(({ scope }) => scope === "required")
    .map(({ name, version }) => `${name}@${version}`);
  const direct = Object.entries(dependencies).map(([name, version]) => `${name.split("/").at(-1)}@${version}`);
  expect(components.find(({ name }) => name === "knip")?.scope).toBe("optional");
  // Some writers part the scope from the name.
  expect(direct.filter((each) => !listed.some((name) => name.endsWith(each)))).toEqual([]);
  expect(
    components.filter(({ purl, hashes }) => !purl?.startsWith("pkg:npm/") || hashes?.[0]?.alg !== "SHA-512"),
  ).toEqual([]);
});
