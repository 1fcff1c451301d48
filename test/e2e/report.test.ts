import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compare } from "../../src/report/compare.ts";
import { reportHtml } from "../../src/report/html.ts";
import { answers, fits, liveAnswer, modelAnswer, scenario, simAnswer } from "../report/fixtures/burst.ts";
import { openBrowser, visit, whyNoBrowser } from "./browser.ts";

const looks = [
  ["light", { viewport: { width: 1100, height: 900 }, colorScheme: "light" }],
  ["dark", { viewport: { width: 1100, height: 900 }, colorScheme: "dark" }],
  ["phone", { viewport: { width: 390, height: 844 }, colorScheme: "light" }],
  ["no scripts", { viewport: { width: 1100, height: 900 }, javaScriptEnabled: false }],
] as const;

describe.skipIf(whyNoBrowser !== null)(
  `the report in a real browser${whyNoBrowser === null ? "" : ` (skipped: ${whyNoBrowser})`}`,
  () => {
    let browser: Browser;
    let address: string;
    const shots = "out/screenshots";

    beforeAll(async () => {
      const { tolerance, quantiles } = scenario.report;
      const comparison = compare([modelAnswer, simAnswer], liveAnswer, { tolerance, quantiles });
      const file = join(mkdtempSync(join(tmpdir(), "coldcast-report-")), "report.html");
      writeFileSync(file, reportHtml({ scenario, answers, comparison, fits }));
      address = pathToFileURL(file).href;
      mkdirSync(shots, { recursive: true });
      browser = await openBrowser();
    });
    afterAll(() => browser.close());

    it.each(looks)(
      "opens from the disk in %s: no complaint, no other request, nothing cut off",
      async (name, options) => {
        const { page, complaints, requests } = await visit(browser, address, options);
        await page.screenshot({ path: join(shots, `report-${name.replace(" ", "-")}.png`), fullPage: true });
        expect(complaints).toEqual([]);
        expect(requests).toEqual([address]);
        expect(await page.title()).toBe("camera-burst – coldcast");
        expect(await page.getByRole("img").count()).toBe(24);
        const box = (await page.locator("body").boundingBox())!;
        expect(box.width).toBe(options.viewport.width);
        if (name !== "no scripts")
          expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(options.viewport.width);
        await page.close();
      },
    );
  },
);
