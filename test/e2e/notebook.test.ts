import { execFileSync } from "node:child_process";
import { globSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBrowser, visit, whyNoBrowser } from "./browser.ts";
import { problemsOf } from "./looks.ts";
import { type Site, serveSite } from "./site.ts";

/** What a notebook shows once it has run: where, and what must stand there. */
const shown: readonly (readonly [name: string, charts: number, tables: Readonly<Record<string, RegExp>>])[] = [
  ["cold-start-anatomy", 4, { steps: /sandbox\s+2\.02 s[\s\S]*together\s+3\.\d+ s\s+100 %/ }],
  [
    "knative-autoscaler",
    2,
    { autoscaler: /0\.7 of 1\s+18\s+\d+ s/, "one-request": /1\s+0\.7\s+2\.0[\s\S]*no limit\s+70\.0\s+1\.0/ },
  ],
  [
    "waas-against-faas",
    2,
    { claims: /WaaS\s+22\.\d ms of 22[\s\S]*FaaS\s+10\d ms of 110/, arithmetic: /5\/1\s+35\/13\s+≈ 2\.69/ },
  ],
  ["blink", 2, { blink: /wasm\s+16\.3 ms\s+1\.51 ms/, hey: /200\s+10\.4 ms[\s\S]*1750\d/ }],
  ["three-answers", 8, { answers: /wasm {2}server[\s\S]*model[\s\S]*sim[\s\S]*live[\s\S]*native {2}server/ }],
  [
    "capacity-and-cost",
    0,
    { capacity: /on-demand/, sensitivity: /workFactor/, symbols: /arrivals\.rate.*0\.562\s+0\.562/ },
  ],
];

describe.skipIf(whyNoBrowser !== null)(
  `the notebooks in a real browser${whyNoBrowser === null ? "" : ` (skipped: ${whyNoBrowser})`}`,
  () => {
    let browser: Browser;
    let folder: string;
    let site: Site;
    let address: string;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), "coldcast-notebooks-"));
      execFileSync(
        "npx",
        [
          ...["--no-install", "notebooks", "build", "--root", "notebooks", "--template", "notebooks/page.template"],
          ...["--out", folder, "--empty", "--", ...globSync("notebooks/*.html")],
        ],
        { stdio: "pipe" },
      );
      // Modules do not load from file: addresses, so the site is served as it would be in public.
      site = await serveSite(folder);
      address = site.address;
      browser = await openBrowser();
    });
    afterAll(async () => {
      await browser.close();
      await site.close();
      rmSync(folder, { recursive: true, force: true });
    });

    const isOwn = (url: string) => url.startsWith(address) || url.startsWith("data:");

    it("predicts, simulates and plots, and nothing is wrong in any look", async () => {
      const seen = await visit(browser, `${address}first-prediction.html`, {});
      const { page } = seen;
      await page.getByRole("img", { name: "Where the mean latency goes" }).first().waitFor({ timeout: 60_000 });
      expect(await problemsOf(seen, "notebook-first-prediction", isOwn)).toEqual([]);
      expect(await page.locator(".observablehq--error").count()).toBe(0);
      const table = await page.locator("#answers").innerText();
      expect(table).toMatch(/on-demand {2}server/);
      expect(table).toMatch(/model .* ms/);
      expect(table).not.toContain("unavailable");
      expect(await page.getByRole("img").count()).toBe(6);
      await page.close();
    });

    it.each(shown)("shows %s, and nothing is wrong in any look", async (name, charts, tables) => {
      const seen = await visit(browser, `${address}${name}.html`, {});
      const { page } = seen;
      for (const [id, text] of Object.entries(tables)) {
        await page.locator(`#${id}`).waitFor({ timeout: 60_000 });
        expect(await page.locator(`#${id}`).innerText()).toMatch(text);
        expect(await page.locator(`#${id}`).innerText()).not.toMatch(/NaN|undefined|unavailable/);
      }
      if (charts > 0)
        await page
          .getByRole("img")
          .nth(charts - 1)
          .waitFor({ timeout: 60_000 });
      // Moving a slider changes what is shown, without a complaint.
      const [id] = Object.keys(tables);
      const range = page.locator("input[type=range]").first();
      if ((await range.count()) > 0) {
        const before = await page.locator(`#${id}`).innerText();
        await range.fill(await range.evaluate((input) => input.getAttribute("max") ?? ""));
        await expect.poll(() => page.locator(`#${id}`).innerText(), { timeout: 60_000 }).not.toBe(before);
      }
      expect(await problemsOf(seen, `notebook-${name}`, isOwn)).toEqual([]);
      expect(await page.locator(".observablehq--error").count()).toBe(0);
      await page.close();
    });

    it("shows the Wasm arrival process: how bursty it is, both engines, and the same rate without bursts", async () => {
      const seen = await visit(browser, `${address}wasm-arrivals.html`, {});
      const { page } = seen;
      await page.getByRole("img").nth(3).waitFor({ timeout: 60_000 });
      expect(await problemsOf(seen, "notebook-wasm-arrivals", isOwn)).toEqual([]);
      expect(await page.locator(".observablehq--error").count()).toBe(0);
      expect(await page.locator("#arrivals").innerText()).toMatch(/dispersion\s+\d/);
      const table = await page.locator("#bursty").innerText();
      expect(table).toMatch(/wasm {2}server/);
      expect(table).toMatch(/model .* ms/);
      expect(table).not.toContain("unavailable");
      await page.close();
    });
  },
);
