import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { playgroundPage } from "../../playground/page.ts";
import { reportHtml } from "../../src/report/html.ts";
import { sweepHtml } from "../../src/report/sweepHtml.ts";
import { answers, scenario, simAnswer } from "./fixtures/burst.ts";

const inPage = /http-equiv="Content-Security-Policy" content="([^"]+)"/;
const policyOf = (page: string, where = inPage): string =>
  (where.exec(page)?.[1] ?? "none at all").replaceAll("&#39;", "'");
const record = { coldcastSweep: 1, sweep: "s", point: 0, of: 1, values: {}, answer: simAnswer } as const;

/** Every kind of page that coldcast makes, with the policy it carries. */
const policies = {
  report: policyOf(reportHtml({ scenario, answers, comparison: null })),
  sweep: policyOf(sweepHtml([record])),
  playground: policyOf(playgroundPage({ script: "", style: "", scriptSha256: "c2NyaXB0", styleSha256: "c3R5bGU=" })),
  notebooks: policyOf(readFileSync("notebooks/page.template", "utf8")),
  dashboard: policyOf(readFileSync("dashboard/next.config.ts", "utf8"), /const policy =\s+"([^"]+)"/),
};

describe("the content security policy of every page", () => {
  it.each(Object.entries(policies))("%s: names nothing outside the page's own place, and no eval", (_page, policy) => {
    const directives = new Map(
      policy.split("; ").map((directive) => [directive.split(" ")[0], directive.split(" ").slice(1)]),
    );
    expect(directives.get("default-src")).toHaveLength(1);
    for (const sources of directives.values()) {
      for (const source of sources)
        expect(source).toMatch(/^(?:'none'|'self'|'unsafe-inline'|'sha256-[\w+/=]+'|data:|blob:)$/);
    }
    const scripts = directives.get("script-src") ?? directives.get("default-src")!;
    expect(scripts.filter((source) => /data:|blob:/.test(source))).toEqual([]);
  });

  it("lets scripts run in no page that needs none, and only its own in the others", () => {
    const scripts = Object.entries(policies).map(([page, policy]) => [page, /script-src ([^;]+)/.exec(policy)?.[1]]);
    expect(Object.fromEntries(scripts)).toEqual({
      report: undefined,
      sweep: undefined,
      playground: "'sha256-c2NyaXB0'",
      notebooks: "'self'",
      // The framework writes its data into scripts of the page.
      dashboard: "'self' 'unsafe-inline'",
    });
  });

  it("is what notebooks are built with", () => {
    expect(readFileSync("package.json", "utf8")).toContain("--template notebooks/page.template");
  });
});
