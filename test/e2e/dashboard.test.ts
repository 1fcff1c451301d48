import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { copyFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deploymentAt } from "../../src/live/deployment.ts";
import { jarBroker } from "../../src/live/kafka/jarBroker.ts";
import { kafkajsClient } from "../../src/live/kafka/kafkajsClient.ts";
import { runPipeline } from "../../src/live/pipeline/pipeline.ts";
import { type CollectorServer, collectorServer } from "../../src/live/pipeline/server.ts";
import { compare } from "../../src/report/compare.ts";
import { toScenario } from "../../src/scenario/parse.ts";
import { schedule } from "../../src/scenario/schedule.ts";
import { simulate } from "../../src/sim/simulate.ts";
import { whyNoJars } from "./broker.ts";
import { openBrowser, visit, whyNoBrowser } from "./browser.ts";
import { problemsOf, shots } from "./looks.ts";
import { functionWith } from "./pipelineTarget.ts";

const why = whyNoJars ?? whyNoBrowser;
const folder = "dashboard";
const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1" };
const scenario = toScenario({
  name: "pipeline-demo",
  seed: 5,
  duration: "10s",
  arrivals: { kind: "devices", count: 50, each: { kind: "poisson", rate: "1/s" } },
  work: { kind: "lognormal", mean: "15ms", scv: 0.25 },
  targets: {
    waas: { kind: "spinkube", replicas: 1, timeout: "10s" },
    faas: { kind: "knative", timeout: "10s" },
  },
});

/** The dashboard's server on a free port, its address, and an end to it. */
async function startPage(collector: string): Promise<{ readonly address: string; readonly process: ChildProcess }> {
  const { status } = spawnSync(process.execPath, ["bin/dashboard.js"], { stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) throw new Error(`bin/dashboard.js ended with ${status}`);
  const next = "node_modules/next/dist/bin/next";
  const child = spawn(process.execPath, [next, "start", "--hostname", "127.0.0.1", "--port", "0"], {
    cwd: folder,
    env: { ...env, COLDCAST_COLLECTOR: collector },
    stdio: ["ignore", "pipe", "ignore"],
  });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  for (;;) {
    const address = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0];
    if (address !== undefined) return { address, process: child };
    if (child.exitCode !== null) throw new Error(`the dashboard ended: ${said}`);
    await sleep(100);
  }
}

describe.skipIf(why !== null)(`the dashboard in a real browser${why === null ? "" : ` (skipped: ${why})`}`, () => {
  let browser: Browser;
  let server: CollectorServer;
  let page: Awaited<ReturnType<typeof startPage>>;
  beforeAll(async () => {
    server = await collectorServer({ port: 0 });
    page = await startPage(server.url);
    browser = await openBrowser();
  }, 600_000);
  afterAll(async () => {
    await browser?.close();
    page?.process.kill();
    await server?.close();
  });

  it("follows a run on a real Kafka: charts move, nothing complains, nothing is fetched from elsewhere", {
    timeout: 240_000,
  }, async () => {
    const seen = await visit(browser, page.address, { viewport: { width: 1100, height: 1500 } });
    const tab = seen.page;
    expect(await tab.getByRole("heading", { level: 1 }).textContent()).toBe("Waiting for events");
    const broker = await jarBroker();
    const kafka = await kafkajsClient(broker.bootstrap);
    const target = await functionWith(() => null);
    const counted: string[] = [];
    try {
      const drawn = schedule(scenario);
      const predicted = simulate(scenario, { schedule: drawn, replications: 4 });
      const { last, answer } = await runPipeline(
        scenario,
        drawn,
        deploymentAt({ waas: target.url, faas: target.url }),
        {
          kafka,
          partitions: 3,
          predicted,
          pastRuns: [
            {
              run: "earlier",
              at: "2026-01-01T00:00:00Z",
              verdict: "agree",
              targets: [{ name: "waas", p50: 0.02, p99: 0.1 }],
            },
          ],
          onSnapshot: (snapshot) => {
            server.publish(snapshot);
            void tab
              .locator(".facts dd")
              .nth(1)
              .textContent()
              .then((text) => counted.push(text ?? ""))
              .catch(() => {});
          },
        },
      );
      const { verdict } = compare([predicted], answer, scenario.report);
      server.publish({ ...last, verdict });
    } finally {
      await target.close();
      await kafka.close();
      await broker.stop();
    }
    await expect
      .poll(() => tab.locator("h2").allTextContents())
      .toEqual(["waas spinkube", "faas knative", "Replicas and lag", "Past runs"]);
    await expect.poll(() => tab.locator(".facts dd").first().textContent()).toMatch(/agree|inconclusive/);
    expect(new Set(counted).size).toBeGreaterThan(3);
    expect(await tab.getByRole("img").count()).toBe(8);
    expect(await tab.locator("polyline").first().getAttribute("points")).toMatch(/\d+\.\d,\d/);
    expect(await tab.locator("main").innerText()).not.toMatch(/NaN|undefined|Infinity/);
    expect(await problemsOf(seen, "dashboard", (address) => address.startsWith(page.address))).toEqual([]);
    if (process.env.UPDATE_GOLDEN === "1") copyFileSync(`${shots}/dashboard-light.png`, "docs/images/dashboard.png");

    await tab.keyboard.press("Tab");
    await tab.keyboard.press("Enter");
    expect(await tab.getByRole("button").textContent()).toBe("Go on");
    await tab.close();
  });
});
