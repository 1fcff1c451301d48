import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";
import { describe, expect, it } from "vitest";

/** What a page has to load, in kB (1,000 bytes) minified and compressed; a little over today's size, so that growth is noticed. */
const budgets = { "predict and simulate": 280, everything: 315 } as const;

/** A page that uses these names of the browser's entry. */
const entries = {
  "predict and simulate": 'export { parseScenario, predict, simulate } from "./src/browser.ts";',
  everything: 'export * from "./src/browser.ts"; export * from "./src/sim/traceReplication.ts";',
} as const;

async function bundled(code: string) {
  const name = "page.ts";
  const page = {
    name: "page",
    resolveId: (id: string) => (id === name ? `${process.cwd()}/${name}` : null),
    load: (id: string) => (id.endsWith(`/${name}`) ? code : null),
  };
  const bundle = await rolldown({ input: name, plugins: [page], platform: "browser", logLevel: "silent" });
  const { output } = await bundle.generate({ format: "esm", minify: true });
  await bundle.close();
  return output;
}

/** Model, simulator and report run in browsers: nothing of Node's is behind them, and they are small. */
describe("a bundle for browsers", () => {
  it.each(["predict and simulate", "everything"] as const)(
    "of %s: small, and nothing of Node's in it",
    async (name) => {
      const output = await bundled(entries[name]);
      expect(output).toHaveLength(1);
      const [{ code, imports, dynamicImports }] = output;
      expect([...imports, ...dynamicImports]).toEqual([]);
      expect(code).not.toMatch(/["'`]node:/);
      const kilobytes = gzipSync(code, { level: 9 }).length / 1_000;
      process.stdout.write(`browser bundle, ${name}: ${kilobytes.toFixed(0)} kB of ${budgets[name]} kB\n`);
      expect(kilobytes).toBeLessThan(budgets[name]);
      expect(kilobytes).toBeGreaterThan(budgets[name] / 2);
    },
  );
});
