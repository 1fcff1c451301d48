import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";

/** What the program prints, run as a process: completions go past the terminal that tests watch. */
const coldcast = (...args: readonly string[]) =>
  spawnSync(process.execPath, ["bin/coldcast.js", ...args], { encoding: "utf8" });

describe("completions", () => {
  it.each(["bash", "zsh", "fish", "powershell"])("are there for %s", (shell) => {
    const { status, stdout } = coldcast("complete", shell);
    expect(status).toBe(0);
    expect(stdout).toMatch(/coldcast complete|coldcast.* complete/);
  });

  it.each([
    ["verbs", ["expl"], "explain"],
    ["fields", ["explain", "targets.knative.scaleDown"], "targets.knative.scaleDownDelay"],
    ["templates", ["init", "--template", "cold"], "cold-start"],
    ["options", ["predict", "--sens"], "--sensitivity"],
  ])("complete %s", (_what, words, expected) => {
    const { stdout } = coldcast("complete", "--", ...words);
    expect(stdout.split("\n").map((line) => line.split("\t")[0])).toContain(expected);
  });
});
