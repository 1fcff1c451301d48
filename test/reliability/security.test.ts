import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { reportHtml } from "../../src/report/html.ts";
import { sweepHtml } from "../../src/report/sweepHtml.ts";
import { parseScenario } from "../../src/scenario/parse.ts";

const code = ["src/**/*.ts", "bin/*.js", "dashboard/{app,components,lib}/**/*.{ts,tsx}", "dashboard/*.ts"]
  .flatMap((pattern) => globSync(pattern))
  .map((path) => ({ path, text: readFileSync(path, "utf8") }));

const found = (pattern: RegExp) => code.filter(({ text }) => pattern.test(text)).map(({ path }) => path);

describe("the source", () => {
  it("evaluates nothing that comes from elsewhere", () => {
    expect(code.length).toBeGreaterThan(300);
    expect(found(/\beval\(|new Function\b|[^.\w]Function\(|from "node:vm"|set(?:Timeout|Interval)\(\s*["'`]/)).toEqual(
      [],
    );
    // A thread of the rig is given a function of the source as text, so that it starts in a few milliseconds.
    expect(found(/eval: true/)).toEqual(["src/live/rig/threadPool.ts", "src/live/rig/wasmThread.ts"]);
    expect(found(/dangerouslySetInnerHTML|\.innerHTML\b|document\.write\(|insertAdjacentHTML/)).toEqual([]);
  });

  it("starts no shell, but for the fixed script that ends a broker with its owner", () => {
    expect(found(/shell: true|\bexecSync\(|(?<![.\w])exec\(/)).toEqual([]);
    const imported = code.flatMap(({ text }) =>
      [...text.matchAll(/import \{([^}]*)\} from "node:child_process"/g)].flatMap(([, names]) => names!.split(",")),
    );
    const names = [...new Set(imported.map((name) => name.replace(/^\s*type\s+\w+|\s/g, "")))].filter(
      (name) => name !== "",
    );
    expect(names.toSorted()).toEqual(["execFile", "spawn", "spawnSync"]);
    expect(found(/spawn\w*\("(?:sh|bash|cmd)/)).toEqual(["src/live/kafka/jarBroker.ts"]);
  });

  it("listens on loopback, but where a token is asked for, and where a broker is to be reached from elsewhere", () => {
    const wider = ["src/live/kafka/freePort.ts", "src/live/pipeline/server.ts", "src/live/rendezvous.ts"];
    expect(found(/\.listen\((?![^)]*127\.0\.0\.1)[^)]/).toSorted()).toEqual(wider);
    expect(JSON.parse(readFileSync("dashboard/package.json", "utf8")).scripts.start).toContain("--hostname 127.0.0.1");
    // Started on its own, Next's standalone server would listen everywhere.
    expect(readFileSync("dashboard/next.config.ts", "utf8")).not.toContain("standalone");
  });

  it("sets no key of an object by a name from a file through the prototype", () => {
    expect(found(/\[["']__proto__["']\]\s*=/)).toEqual([]);
  });

  it("takes no secret from the command line", () => {
    expect(found(/["'`]--(?:token|password|secret|api-?key)/)).toEqual([]);
  });

  it("draws with vega, if at all, without code from a specification", () => {
    const pages = [
      ...globSync("notebooks/*.html"),
      ...globSync("{src,dashboard/components,docs}/**/*.{ts,tsx,html,js}", { exclude: ["**/node_modules/**"] }),
    ];
    const drawn = pages
      .map((path) => readFileSync(path, "utf8"))
      .filter((text) => /vega-embed|vega\.parse\(/.test(text));
    expect(drawn.filter((text) => !text.includes("ast: true"))).toEqual([]);
  });
});

describe("every page", () => {
  const scenario = parseScenario(
    "{ name: x, duration: 1s, arrivals: { kind: poisson, rate: 1/s }, work: 1ms, targets: { a: { kind: server } } }",
  );

  it("that is written says by a policy of its own what it may load: nothing from elsewhere", () => {
    const pages = [reportHtml({ scenario, answers: [], comparison: null }), sweepHtml([])];
    for (const page of pages) {
      const policy = /<meta http-equiv="Content-Security-Policy" content="([^"]+)">/
        .exec(page)?.[1]
        ?.replaceAll("&#39;", "'");
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toMatch(/https?:|\*|unsafe-eval/);
    }
  });

  it("has one: a single source begins pages, and with a policy", () => {
    const writers = code.filter(({ text }) => /<!doctype html>/i.test(text));
    expect(writers.map(({ path }) => path)).toEqual(["src/report/pageHead.ts"]);
    expect(writers[0]?.text).toContain("Content-Security-Policy");
  });

  it("that is served carries headers that say the same", () => {
    const dashboard = readFileSync("dashboard/next.config.ts", "utf8");
    for (const part of [
      "Content-Security-Policy",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "nosniff",
      "no-referrer",
    ])
      expect(dashboard).toContain(part);
    expect(dashboard).not.toContain("unsafe-eval");
    expect(readFileSync("src/live/pipeline/server.ts", "utf8")).toContain("content-security-policy");
  });
});
