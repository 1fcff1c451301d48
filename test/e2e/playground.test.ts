import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { playgroundHtml } from "../../playground/build.ts";
import { choices } from "../../playground/controls.ts";
import { parseScenario } from "../../src/scenario/parse.ts";
import { openBrowser, visit, whyNoBrowser } from "./browser.ts";
import { problemsOf, shots } from "./looks.ts";

describe.skipIf(whyNoBrowser !== null)(
  `the playground in a real browser${whyNoBrowser === null ? "" : ` (skipped: ${whyNoBrowser})`}`,
  () => {
    let browser: Browser;
    let folder: string;
    let address: string;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), "coldcast-playground-"));
      const file = join(folder, "playground.html");
      writeFileSync(file, await playgroundHtml());
      address = pathToFileURL(file).href;
      browser = await openBrowser();
    });
    afterAll(async () => {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    });

    const isOwn = (asked: string) => asked.startsWith(address) || asked.startsWith("blob:");
    const settled = (page: Page) => page.locator("body[data-shown=final]").waitFor();
    const curve = (page: Page) => page.locator("#tail path.line").first().getAttribute("d");
    const slide = (page: Page, key: string, position: number) => page.locator(`#${key}`).fill(String(position));

    it.each(Object.keys(choices))("%s: opens from the disk in every look, and nothing is wrong", async (choice) => {
      const seen = await visit(browser, `${address}#targets=${choice}`, {});
      await settled(seen.page);
      expect(await problemsOf(seen, `playground-${choice}`, isOwn)).toEqual([]);
      expect(await seen.page.locator("main").innerText()).not.toMatch(/NaN|undefined|\[object/);
      expect(await seen.page.getByRole("img").count()).toBe(3);
      if (choice === "both" && process.env.UPDATE_GOLDEN === "1") {
        copyFileSync(`${shots}/playground-both-light.png`, "docs/images/playground.png");
      }
      await seen.page.close();
    });

    it.each(Object.keys(choices))("%s: every slider moves something, and the curve follows", async (choice) => {
      const { page, complaints } = await visit(browser, `${address}#targets=${choice}&peak=2`, {});
      await settled(page);
      const [drawn, figures] = [await curve(page), await page.locator("#figures").innerText()];
      for (const slider of await page.locator("input[type=range]:visible").all()) {
        const yaml = await page.locator("#yaml").inputValue();
        const at = await slider.inputValue();
        const end = Number(await slider.getAttribute("max"));
        await slider.fill(String(Math.ceil((Number(at) + end) / 2)));
        await page.locator("body:not([data-shown=asked])").waitFor();
        expect(await page.locator("#yaml").inputValue(), (await slider.getAttribute("id")) ?? "").not.toBe(yaml);
        await slider.fill(at);
      }
      await settled(page);
      // The same question has the same answer, to the pixel.
      expect(await curve(page)).toBe(drawn);
      expect(await page.locator("#figures").innerText()).toBe(figures);
      expect(complaints).toEqual([]);
      await page.close();
    });

    it("redraws while sliders move", async () => {
      const { page } = await visit(browser, address, {});
      await settled(page);
      for (const choice of ["both", "server", "perRequest", "spinkube", "knative"]) {
        await page.locator(`#targets-${choice}`).check();
        await settled(page);
        await page.evaluate("performance.clearMeasures('redraw')");
        for (const [key, positions] of [
          ["rate", [20, 40, 60, 80]],
          ["work", [30, 40, 50, 60]],
          ["scv", [10, 60, 100]],
          ["peak", [30, 60]],
        ] as const) {
          for (const position of positions) {
            const before = await curve(page);
            await slide(page, key, position);
            await page.locator("body:not([data-shown=asked])").waitFor();
            // Where requests have instances of their own, the rate alone moves nothing.
            if (key === "work") expect(await curve(page)).not.toBe(before);
          }
        }
        await settled(page);
        const times = (await page.evaluate(
          "performance.getEntriesByName('redraw').map(({ duration }) => duration)",
        )) as number[];
        const sorted = times.toSorted((a, b) => a - b);
        const median = sorted[sorted.length >> 1]!;
        process.stdout.write(
          `playground, ${choice}: ${times.length} redraws, median ${median.toFixed(0)} ms, slowest ${sorted.at(-1)!.toFixed(0)} ms\n`,
        );
        // The aim is 100 ms on a machine of one's own. How long it takes here is told and not judged: others work here as well. What a
        // first look costs is bounded by how many requests it takes (test/playground/answering.test.ts); here each move has one redraw at most,
        // and the choice before them its own, whose end may be told late.
        expect(times.length).toBeGreaterThanOrEqual(10);
        expect(times.length).toBeLessThanOrEqual(14);
        await page.locator("#reset").click();
      }
      await page.close();
    });

    it("keeps everything in its address, and the file it shows is a scenario", async () => {
      const { page } = await visit(browser, address, {});
      await page.locator("#targets-perRequest").check();
      await slide(page, "instances", 4);
      await slide(page, "rate", 70);
      await settled(page);
      await expect.poll(() => page.url()).toContain("instances=5");
      const [yaml, drawn] = [await page.locator("#yaml").inputValue(), await curve(page)];
      expect(parseScenario(yaml).targets[0]).toMatchObject({ kind: "perRequest", maxInstances: 5 });
      const other = await visit(browser, page.url(), {});
      await settled(other.page);
      expect(await other.page.locator("#yaml").inputValue()).toBe(yaml);
      expect(await curve(other.page)).toBe(drawn);
      await other.page.close();
      await page.close();
    });

    it("is worked with the keyboard alone", async () => {
      const { page } = await visit(browser, address, {});
      await settled(page);
      const focused = () => page.evaluate("document.activeElement?.id");
      await page.keyboard.press("Tab");
      expect(await focused()).toBe("targets-both");
      await page.keyboard.press("ArrowDown");
      expect(await focused()).toBe("targets-spinkube");
      await page.keyboard.press("Tab");
      expect(await focused()).toBe("rate");
      const before = await page.locator("#rate-value").textContent();
      for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowRight");
      expect(await page.locator("#rate-value").textContent()).not.toBe(before);
      expect(await page.locator("#rate").getAttribute("aria-valuetext")).toBe(
        await page.locator("#rate-value").textContent(),
      );
      await page.close();
    });

    it("takes nothing from its address but numbers", async () => {
      const hash = "#targets=<img src=x onerror=alert(1)>&rate=<script>alert(1)</script>&work=1e9";
      const { page, complaints, requests } = await visit(browser, `${address}${hash}`, {});
      await settled(page);
      expect(await page.locator("img").count()).toBe(0);
      expect(complaints).toEqual([]);
      expect(requests.filter((asked) => !isOwn(asked))).toEqual([]);
      await page.close();
    });
  },
);
