import { rolldown } from "rolldown";
import { describe, expect, it } from "vitest";

/** Model, simulator and report run in browsers: nothing of Node's is behind them. */
describe("a bundle for browsers", () => {
  it.each(["src/sim/traceReplication.ts", "src/browser.ts"])("needs nothing of Node's: %s", async (input) => {
    const bundle = await rolldown({ input, platform: "browser", logLevel: "silent", treeshake: true });
    const { output } = await bundle.generate({ format: "esm" });
    await bundle.close();
    const [{ code }] = output;
    expect(output).toHaveLength(1);
    expect(code.length).toBeGreaterThan(10_000);
    const imported = output.flatMap((chunk) =>
      chunk.type === "chunk" ? [...chunk.imports, ...chunk.dynamicImports] : [],
    );
    expect(imported).toEqual([]);
    expect(code).not.toMatch(/["']node:/);
  });
});
