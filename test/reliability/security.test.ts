import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseScenario } from "../../src/scenario/parse.ts";

const code = ["src/**/*.ts", "bin/*.js", "dashboard/{app,components,lib}/**/*.{ts,tsx}"]
  .flatMap((pattern) => globSync(pattern))
  .map((path) => ({ path, text: readFileSync(path, "utf8") }));

const found = (pattern: RegExp) => code.filter(({ text }) => pattern.test(text)).map(({ path }) => path);

const fields = "name: x\nduration: 1s\narrivals: { kind: poisson, rate: 1/s }\ntargets: { one: { kind: server } }\n";
const messageOf = (text: string) => {
  try {
    parseScenario(text, { file: "x.yaml", readText: () => "" });
    return "no error";
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : "no error";
  }
};

describe("the source", () => {
  it("evaluates nothing and starts no shell", () => {
    expect(code.length).toBeGreaterThan(300);
    expect(found(/\beval\(|new Function\b|shell: true|\bexecSync\(|(?<![.\w])exec\(/)).toEqual([]);
  });

  it("listens on loopback, but for the meeting place of shards, and where a broker is to be reached from elsewhere", () => {
    const wider = ["src/live/kafka/freePort.ts", "src/live/rendezvous.ts"];
    expect(found(/\.listen\((?![^)]*127\.0\.0\.1)[^)]/).toSorted()).toEqual(wider);
  });

  it("sets no key of an object by a name from a file through the prototype", () => {
    expect(found(/\[["']__proto__["']\]\s*=/)).toEqual([]);
  });
});

describe("a scenario file that means harm", () => {
  it("may repeat its parts a hundred times and no more", () => {
    const letters = [..."abcdefghij"];
    const bomb = letters.map((name, i) => {
      const parts = i === 0 ? "x" : `*${letters[i - 1]}`;
      return `${name}: &${name} [${Array.from({ length: 9 }, () => parts).join(",")}]`;
    });
    expect(messageOf(bomb.join("\n"))).toContain("repeats anchored parts too often (over 100 times)");
  });

  it("cannot reach an object's prototype", () => {
    const said = messageOf(
      `${fields}work: 1ms\n__proto__: { polluted: true }\nconstructor: { prototype: { polluted: true } }\n`,
    );
    expect(said).toContain('unknown key "__proto__"');
    expect(said).toContain('unknown key "constructor"');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it("has a limit to its depth and its length", () => {
    expect(messageOf(`name: ${"[".repeat(20_000)}${"]".repeat(20_000)}`)).toContain("nested too deeply");
    const nested = `work: ${"{ kind: shifted, by: 1ms, of: ".repeat(80)}1ms${" }".repeat(80)}\n`;
    expect(messageOf(fields + nested)).toMatch(/nested (?:over 64 levels deep|too deeply)/);
    const long = `work: { kind: empirical, values: [${"1ms,".repeat(600_000)}1ms] }\n`;
    expect(messageOf(fields + long)).toContain('name it by "file"');
  });
});

describe("the dependencies", () => {
  const lock = JSON.parse(readFileSync("package-lock.json", "utf8")) as {
    packages: Record<string, { version?: string; integrity?: string; resolved?: string; link?: boolean }>;
  };
  const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Record<string, Record<string, string>>;

  it("are pinned exactly, with a hash each", () => {
    const wanted = { ...manifest.dependencies, ...manifest.devDependencies };
    expect(Object.entries(wanted).filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))).toEqual([]);
    const locked = Object.entries(lock.packages).filter(([path, { link }]) => path !== "" && !link);
    expect(locked.length).toBeGreaterThan(50);
    expect(locked.filter(([, { integrity }]) => !integrity?.startsWith("sha512-")).map(([path]) => path)).toEqual([]);
  });
});
