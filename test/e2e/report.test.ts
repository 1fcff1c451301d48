import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { burstPage, nasty, nastyPage, pipelinePage, severalPage } from "../report/fixtures/pages.ts";
import { openBrowser, visit, whyNoBrowser } from "./browser.ts";
import { problemsOf, shots } from "./looks.ts";

const pages = { burst: burstPage, several: severalPage, pipeline: pipelinePage, nasty: nastyPage } as const;

describe.skipIf(whyNoBrowser !== null)(
  `the report in a real browser${whyNoBrowser === null ? "" : ` (skipped: ${whyNoBrowser})`}`,
  () => {
    let browser: Browser;
    let folder: string;
    const addressOf = (name: string) => pathToFileURL(join(folder, `${name}.html`)).href;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), "coldcast-report-"));
      for (const [name, page] of Object.entries(pages)) writeFileSync(join(folder, `${name}.html`), page());
      browser = await openBrowser();
    });
    afterAll(async () => {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    });

    it.each(Object.keys(pages))("%s: opens from the disk in every look, and nothing is wrong", async (name) => {
      const seen = await visit(browser, addressOf(name), {});
      expect(await problemsOf(seen, `report-${name}`, (address) => address === addressOf(name))).toEqual([]);
      expect(await seen.page.locator("main").innerText()).not.toMatch(/NaN|undefined|\[object/);
      await seen.page.close();
    });

    it("works without scripts", async () => {
      const { page, complaints, requests } = await visit(browser, addressOf("burst"), { javaScriptEnabled: false });
      expect(await page.getByRole("img").count()).toBe(24);
      expect([complaints, requests]).toEqual([[], [addressOf("burst")]]);
      await page.close();
    });

    it("runs nothing, whatever a scenario, a target or a machine is called", async () => {
      const { page } = await visit(browser, addressOf("nasty"), {});
      expect(await page.locator("script, img, iframe, object, a").count()).toBe(0);
      expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe(nasty);
      expect(await page.title()).toBe(`${nasty} – coldcast`);
      await page.close();
    });

    it("goes onto A4 with no figure torn between two sheets", async () => {
      const { page } = await visit(browser, addressOf("several"), {});
      const pdf = await page.pdf({ path: join(shots, "report.pdf"), format: "A4", margin: margins });
      expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
      await page.emulateMedia({ media: "print" });
      const rules = `[...new Set([...document.querySelectorAll("figure, tr")].map((one) => getComputedStyle(one).breakInside))]`;
      expect(await page.evaluate(rules)).toEqual(["avoid"]);
      await page.close();
    });
  },
);

const margins = { top: "1cm", bottom: "1cm", left: "1cm", right: "1cm" };
