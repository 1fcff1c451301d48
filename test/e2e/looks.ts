import { mkdirSync } from "node:fs";
import axe from "axe-core";
import type { Page } from "playwright-core";
import type { Visit } from "./browser.ts";

const desk = { width: 1100, height: 900 };
/** How a page is looked at; the widths of a usual window, a phone, and an A4 sheet less its margins. */
const looks = {
  light: { size: desk, media: { colorScheme: "light", media: "screen" } },
  dark: { size: desk, media: { colorScheme: "dark", media: "screen" } },
  phone: { size: { width: 390, height: 844 }, media: { colorScheme: "light", media: "screen" } },
  "phone-dark": { size: { width: 390, height: 844 }, media: { colorScheme: "dark", media: "screen" } },
  print: { size: { width: 718, height: 1040 }, media: { colorScheme: "light", media: "print" } },
} as const;

export const shots = "out/screenshots";

/**
 * Looks at a page as it stands in light, dark, on a phone and on paper: a picture of each under out/screenshots, and all that is wrong.
 *
 * @param isOwn whether an address that was asked for is the page's own
 * @returns nothing where there were no complaints on the console, no foreign requests, nothing wider than the window no barrier that axe knows, and nothing from elsewhere let in
 */
export async function problemsOf(
  { page, complaints, requests }: Visit,
  name: string,
  isOwn: (address: string) => boolean,
): Promise<string[]> {
  mkdirSync(shots, { recursive: true });
  const problems: string[] = [];
  for (const [look, { size, media }] of Object.entries(looks)) {
    await page.setViewportSize(size);
    await page.emulateMedia(media);
    await page.evaluate("window.scrollTo(0, 0)");
    await page.screenshot({ path: `${shots}/${name}-${look}.png`, fullPage: true });
    const width = (await page.evaluate("document.documentElement.scrollWidth")) as number;
    if (width > size.width) problems.push(`${look}: ${width} pixels wide; ${await widest(page, size.width)}`);
    if (look !== "print") problems.push(...(await barriers(page)).map((barrier) => `${look}: ${barrier}`));
  }
  await page.setViewportSize(desk);
  await page.emulateMedia(looks.light.media);
  problems.push(
    ...complaints.map((text) => `console: ${text}`),
    ...requests.filter((address) => !isOwn(address)).map((address) => `asked for ${address}`),
  );
  // Last, as what is refused is written to the console.
  const admitted = await notRefused(page);
  return [...problems, ...admitted.map((directive) => `its policy lets in from elsewhere: ${directive}`)];
}

/** What the page's policy does not refuse of a script, an image and a connection to elsewhere. */
function notRefused(page: Page): Promise<string[]> {
  return page.evaluate(`new Promise((resolve) => {
    const refused = new Set();
    addEventListener("securitypolicyviolation", ({ effectiveDirective }) => refused.add(effectiveDirective));
    const elsewhere = "http://127.0.0.1:9/";
    const script = document.createElement("script");
    script.src = elsewhere;
    const image = new Image();
    image.src = elsewhere;
    document.body.append(script, image);
    fetch(elsewhere).catch(() => {});
    setTimeout(() => {
      script.remove();
      image.remove();
      resolve(["script-src-elem", "img-src", "connect-src"].filter((directive) => !refused.has(directive)));
    }, 100);
  })`);
}

/** What axe finds, each with the first place. */
export async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = (await page.evaluate("axe.run(document, { resultTypes: ['violations'] })")) as {
    violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[];
  };
  return found.violations.map(
    ({ id, nodes }) => `${id} (${nodes.length}): ${nodes[0]?.html.slice(0, 200)} ${nodes[0]?.failureSummary ?? ""}`,
  );
}

/** Who sticks out. */
function widest(page: Page, width: number): Promise<string> {
  return page.evaluate(
    `[...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > ${width})
      .map((one) => one.outerHTML.slice(0, 80)).slice(0, 3).join(" | ")`,
  );
}
