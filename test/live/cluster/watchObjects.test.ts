import { describe, expect, it } from "vitest";
import { refusal } from "../../../src/live/cluster/apiError.ts";
import type { KubernetesObject } from "../../../src/live/cluster/kubernetesObject.ts";
import { type WatchSource, watchObjects } from "../../../src/live/cluster/watchObjects.ts";

const pod = (name: string, resourceVersion: string): KubernetesObject => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, uid: name, resourceVersion },
});
const line = (type: string, object: object): string => `${JSON.stringify({ type, object })}\n`;

/** A server that answers each list and each stream from a script; the last stream stays open until it is given up. */
function scripted(script: { lists: KubernetesObject[][]; streams: (string[] | Error)[] }) {
  const from: string[] = [];
  const source: WatchSource = {
    list: () => Promise.resolve({ items: script.lists.shift()!, resourceVersion: "10" }),
    stream: (resourceVersion, signal) => {
      from.push(resourceVersion);
      const next = script.streams.shift();
      if (next instanceof Error) return Promise.reject(next);
      return Promise.resolve(chunks(next ?? [], signal, next === undefined));
    },
  };
  return { source, from };
}

async function* chunks(texts: readonly string[], signal: AbortSignal, stays: boolean): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
  if (stays) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
}

async function follow(script: Parameters<typeof scripted>[0], until: (told: string[]) => boolean) {
  const told: string[] = [];
  const { source, from } = scripted(script);
  let enough: () => void = () => {};
  const reached = new Promise<void>((resolve) => {
    enough = resolve;
  });
  const watching = await watchObjects(source, {
    onEvent: ({ type, object, listed }) => {
      told.push(`${type} ${object.metadata.name}${listed ? " (listed)" : ""}`);
      if (until(told)) enough();
    },
    onBreak: (why) => told.push(`broke: ${why}`),
  });
  await reached;
  await watching.stop();
  return { told, from };
}

describe("watching objects", () => {
  it("tells what is there, then every change, however the bytes are cut", async () => {
    const changes = line("ADDED", pod("b", "11")) + line("MODIFIED", pod("a", "12")) + line("DELETED", pod("a", "13"));
    const { told, from } = await follow(
      { lists: [[pod("a", "9")]], streams: [[changes.slice(0, 25), changes.slice(25, 90), changes.slice(90)]] },
      (all) => all.length === 4,
    );
    expect(told).toEqual(["added a (listed)", "added b", "modified a", "deleted a"]);
    expect(from[0]).toBe("10");
  });

  it("goes on where a stream broke off, bookmarks included", async () => {
    const lost = Object.assign(refusal("watch", { code: 503, reason: "", message: "away" }));
    const { told, from } = await follow(
      {
        lists: [[]],
        streams: [
          [line("ADDED", pod("a", "11")), line("BOOKMARK", { metadata: { resourceVersion: "20" } })],
          lost,
          [line("ADDED", pod("b", "21"))],
        ],
      },
      (all) => all.includes("added b"),
    );
    expect(told).toEqual(["added a", "broke: cluster: watch: away", "added b"]);
    expect(from.slice(0, 3)).toEqual(["10", "20", "20"]);
  });

  it("lists anew where the server has forgotten, and tells the differences", async () => {
    const gone = line("ERROR", { code: 410, reason: "Expired", message: "too old" });
    const { told } = await follow(
      {
        lists: [
          [pod("a", "1"), pod("b", "1"), pod("c", "1")],
          [pod("a", "1"), pod("b", "5"), pod("d", "6")],
        ],
        streams: [[gone]],
      },
      (all) => all.includes("added d (listed)"),
    );
    expect(told.slice(3)).toEqual([
      "broke: cluster: watch: too old",
      "deleted c (listed)",
      "modified b (listed)",
      "added d (listed)",
    ]);
  });

  it("ends with what the server refuses for good", async () => {
    const { source } = scripted({
      lists: [[]],
      streams: [refusal("watch Pod objects", { code: 403, reason: "Forbidden", message: "no" })],
    });
    const watching = await watchObjects(source, { onEvent: () => {} });
    await expect(watching.done).rejects.toThrow(/watch Pod objects: no; the user needs this verb/);
    await watching.stop();
  });
});
