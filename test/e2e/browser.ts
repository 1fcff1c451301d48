import { existsSync } from "node:fs";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

/** Where Debian puts it; another place can be named in CHROMIUM. */
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const flags =
  "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";

/** Why browser checks cannot run here; null where they can. */
export const whyNoBrowser: string | null = existsSync(executablePath) ? null : `no browser at ${executablePath}`;

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath, args: flags.split(" ") });
}

export interface Visit {
  readonly page: Page;
  /** Errors and warnings on the console, and exceptions nobody caught. */
  readonly complaints: readonly string[];
  /** Every address asked for. */
  readonly requests: readonly string[];
}

/** A page that notes what goes wrong on it and whom it calls. */
export async function visit(browser: Browser, address: string, options: BrowserContextOptions): Promise<Visit> {
  const page = await browser.newPage(options);
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(address, { waitUntil: "load" });
  return { page, complaints, requests };
}
