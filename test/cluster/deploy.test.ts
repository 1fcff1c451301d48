import { spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Kubernetes, openKubernetes } from "../../src/live/cluster/kubernetes.ts";
import { transcript } from "../cli/transcript.ts";
import { containerImage, isGone, namesIn, noCluster, pause, scenarioFile, wasmImage } from "./lab.ts";

/** The scenario that is shipped, under a name and in a namespace of this run's own, and shorter. */
const namespace = `coldcast-deploy-${process.pid}`;
const { file, folder } = scenarioFile(
  readFileSync("scenarios/cluster.yaml", "utf8")
    .replace("name: cluster", `name: deploy-${process.pid}`)
    .replace("duration: 20s", "duration: 8s")
    .replace(/dev\.local\/coldcast-work:[\w.]+/, containerImage)
    .replace(/dev\.local\/coldcast-work-wasm:[\w.]+/, wasmImage)
    .replaceAll("deploy: { ", `deploy: { namespace: ${namespace}, `),
);
let kubernetes: Kubernetes;

/** The rows of an outcome log, by column. */
function rowsOf(out: string, target: string): Record<string, string>[] {
  const [head, ...lines] = readFileSync(join(folder, out, `${target}.outcomes.csv`), "utf8")
    .trim()
    .split("\n");
  const columns = head!.split(",");
  return lines.map((line) => Object.fromEntries(line.split(",").map((cell, i) => [columns[i]!, cell])));
}

const replayed = async (out: string, { at, target }: { at: string; target: string }) => {
  const result = await transcript(["replay", file, "--at", at, "--target", target, "--out", join(folder, out)]);
  expect(result, result.err).toMatchObject({ code: 0 });
};

describe.skipIf(noCluster)("deploy, replay, undeploy of a container and of Wasm", () => {
  beforeAll(async () => {
    kubernetes = await openKubernetes();
  });
  afterAll(async () => {
    await transcript(["undeploy", file]);
    await kubernetes.close();
    rmSync(folder, { recursive: true });
  });

  it("deploys both from one file, and again without a change", async () => {
    for (const _ of [1, 2]) {
      const { code, out, err } = await transcript(["deploy", file]);
      expect(code, err).toBe(0);
      expect(out).toMatch(new RegExp(`container +deployment:${namespace}/container +1 pod ready`));
      expect(out).toMatch(new RegExp(`wasm +deployment:${namespace}/wasm +1 pod ready`));
    }
    const wasm = await kubernetes.get({ apiVersion: "apps/v1", kind: "Deployment", namespace, name: "wasm" });
    expect(JSON.stringify(wasm)).toContain('"runtimeClassName":"wasmtime"');
    expect(wasm!.metadata.managedFields!.some(({ manager }) => manager === "coldcast")).toBe(true);
  });

  it.each(["container", "wasm"])("warm, every request of %s is answered by a pod that was there", async (target) => {
    await replayed("warm", { at: "cluster", target });
    const rows = rowsOf("warm", target);
    expect(rows.length).toBeGreaterThan(100);
    expect(new Set(rows.map(({ outcome }) => outcome))).toEqual(new Set(["completed"]));
    expect(rows.every(({ cold, instance }) => cold === "0" && instance!.startsWith(`${target}-`))).toBe(true);
  });

  it.each(["container", "wasm"])(
    "from zero, the first requests of %s wait for its pod, and are cold",
    async (target) => {
      await replayed("zero", { at: "cluster@zero", target });
      const rows = rowsOf("zero", target);
      expect(new Set(rows.map(({ outcome }) => outcome))).toEqual(new Set(["completed"]));
      expect(rows.every(({ instance }) => instance!.startsWith(`${target}-`))).toBe(true);
      const cold = rows.filter((row) => row.cold === "1");
      expect(cold.length).toBeGreaterThan(0);
      expect(cold.length).toBeLessThan(rows.length);
      // Cold is who arrived before the pod was ready: a first run of rows.
      expect(rows.slice(0, cold.length).every((row) => row.cold === "1")).toBe(true);
      expect(Number(rows[0]!.latency_seconds)).toBeGreaterThan(0.3);
    },
  );

  it("leaves what it did not make, and says so", async () => {
    await kubernetes.apply({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "mine", namespace } });
    const { code, out } = await transcript(["undeploy", file]);
    expect(code).toBe(0);
    expect(out).toMatch(/removed Deployment/);
    expect(out).toMatch(new RegExp(`kept Namespace ${namespace}: ConfigMap ${namespace}/mine is in it`));
    expect(await namesIn(kubernetes, namespace)).toEqual([]);
    await kubernetes.delete({ apiVersion: "v1", kind: "ConfigMap", name: "mine", namespace });
  });

  it("then removes the rest, and a second time there is nothing to do", async () => {
    expect((await transcript(["undeploy", file])).code).toBe(0);
    expect(await isGone(kubernetes, namespace)).toBe(true);
    expect((await transcript(["undeploy", file])).out).toMatch(/nothing to remove/);
  });

  it("Ctrl-C takes back what had been made", async () => {
    const missing = scenarioFile(
      readFileSync(file, "utf8").replaceAll(/image: "[^"]+"/g, 'image: "dev.local/not-there:1"'),
    );
    const child = spawn(process.execPath, ["bin/coldcast.js", "deploy", missing.file], { stdio: "pipe" });
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => {
      said += String(chunk);
    });
    const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
    while (!/wait for/.test(said)) await pause(20);
    child.kill("SIGINT");
    expect(await ended).toBe(130);
    expect(said).toMatch(/interrupted; what had been made is removed again/);
    expect(await isGone(kubernetes, namespace)).toBe(true);
    rmSync(missing.folder, { recursive: true });
  });
});
