import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBrowser, visit, whyNoBrowser } from "./browser.ts";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".woff2": "font/woff2",
};

describe.skipIf(whyNoBrowser !== null)(
  `the notebooks in a real browser${whyNoBrowser === null ? "" : ` (skipped: ${whyNoBrowser})`}`,
  () => {
    let browser: Browser;
    let server: Server;
    let site: string;
    let address: string;

    beforeAll(async () => {
      site = mkdtempSync(join(tmpdir(), "coldcast-notebooks-"));
      execFileSync(
        "npx",
        [
          "--no-install",
          "notebooks",
          "build",
          "--root",
          "notebooks",
          "--out",
          site,
          "--empty",
          "--",
          "notebooks/first-prediction.html",
          "notebooks/wasm-arrivals.html",
        ],
        { stdio: "pipe" },
      );
      // Modules do not load from file: addresses, so the site is served as it would be in public.
      server = createServer((request, response) => {
        try {
          const path = normalize(decodeURIComponent(request.url ?? "/")).replace(/\?.*$/, "");
          const body = readFileSync(join(site, path));
          response.writeHead(200, { "content-type": types[extname(path)] ?? "application/octet-stream" }).end(body);
        } catch {
          response.writeHead(request.url === "/favicon.ico" ? 204 : 404).end();
        }
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      mkdirSync("out/screenshots", { recursive: true });
      browser = await openBrowser();
    });
    afterAll(async () => {
      await browser.close();
      await new Promise((resolve) => server.close(resolve));
      rmSync(site, { recursive: true, force: true });
    });

    it("predicts, simulates and plots: no complaint, nothing fetched from elsewhere", async () => {
      const { page, complaints, requests } = await visit(browser, `${address}first-prediction.html`, {
        viewport: { width: 1100, height: 900 },
      });
      await page.getByRole("img", { name: "Where the mean latency goes" }).first().waitFor({ timeout: 60_000 });
      await page.screenshot({ path: "out/screenshots/notebook.png", fullPage: true });
      expect(complaints).toEqual([]);
      expect(requests.filter((url) => !url.startsWith(address) && !url.startsWith("data:"))).toEqual([]);
      expect(await page.locator(".observablehq--error").count()).toBe(0);
      const table = await page.locator("#answers").innerText();
      expect(table).toMatch(/on-demand {2}server/);
      expect(table).toMatch(/model .* ms/);
      expect(table).not.toContain("unavailable");
      expect(await page.getByRole("img").count()).toBe(6);
      await page.close();
    });

    it("shows the Wasm arrival process: how bursty it is, both engines, and the same rate without bursts", async () => {
      const { page, complaints, requests } = await visit(browser, `${address}wasm-arrivals.html`, {
        viewport: { width: 1100, height: 900 },
      });
      await page.getByRole("img").nth(3).waitFor({ timeout: 60_000 });
      await page.screenshot({ path: "out/screenshots/wasm-arrivals.png", fullPage: true });
      expect(complaints).toEqual([]);
      expect(requests.filter((url) => !url.startsWith(address) && !url.startsWith("data:"))).toEqual([]);
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
