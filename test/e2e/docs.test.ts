import { spawnSync } from "node:child_process";
import { existsSync, globSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as everything from "../../src/index.ts";
import { openBrowser, visit, whyNoBrowser } from "./browser.ts";
import { type Site, serveSite } from "./site.ts";

/** Why the site cannot be built here; null where its packages are there or could be installed. */
function whyNoSite(): string | null {
  if (existsSync("docs/node_modules/typedoc")) return null;
  const { status } = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: "docs", stdio: "ignore" });
  return status === 0 ? null : "the packages of docs/package.json could not be installed";
}

const why = whyNoBrowser ?? whyNoSite();
const pages = [
  "index.html",
  "functions/index.predict.html",
  "documents/knative.html",
  "documents/scenario-reference.html",
];

describe.skipIf(why !== null)(`the documentation's site${why === null ? "" : ` (skipped: ${why})`}`, () => {
  let browser: Browser;
  let site: string;
  let served: Site;
  let built: { readonly status: number | null; readonly said: string };

  beforeAll(async () => {
    site = mkdtempSync(join(tmpdir(), "coldcast-docs-"));
    const { status, stderr } = spawnSync(process.execPath, ["bin/docs.js", "--out", site], { encoding: "utf8" });
    built = { status, said: stderr };
    mkdirSync("out/screenshots", { recursive: true });
    served = await serveSite(site);
    browser = await openBrowser();
  }, 600_000);
  afterAll(async () => {
    await browser?.close();
    await served?.close();
    rmSync(site, { recursive: true, force: true });
  });

  it("is built without a link that leads nowhere", () => {
    expect(built.said).not.toMatch(/resolve|does not exist/i);
    expect(built.status, built.said).toBe(0);
  });

  it("has a page for every public name", () => {
    const names = globSync("{functions,classes,variables}/index.*.html", { cwd: site }).map(
      (file) => file.split(".")[1],
    );
    expect(Object.keys(everything).filter((name) => !names.includes(name))).toEqual([]);
  });

  it.each(pages)("shows %s in a real browser: no complaint, nothing fetched from elsewhere", async (name) => {
    const address = `${served.address}${name}`;
    const { page, complaints, requests } = await visit(browser, address, { viewport: { width: 1100, height: 900 } });
    expect(await page.locator("h1, h2").count()).toBeGreaterThan(0);
    await page.screenshot({ path: `out/screenshots/docs-${name.replaceAll(/[/.]/g, "-")}.png` });
    expect(complaints).toEqual([]);
    expect(requests.filter((url) => !url.startsWith(served.address) && !url.startsWith("data:"))).toEqual([]);
    await page.close();
  });
});
