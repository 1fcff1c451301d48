import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type CollectorServer, collectorServer } from "../../../src/live/pipeline/server.ts";
import type { Snapshot } from "../../../src/live/pipeline/snapshot.ts";

const state = (scheduled: number, scenario = "s"): Snapshot => ({
  run: "r",
  scenario,
  atSeconds: 0,
  scheduled,
  duplicates: 0,
  lag: null,
  verdict: null,
  targets: [],
  pastRuns: [],
});

describe("the collector's server", () => {
  let server: CollectorServer;
  beforeEach(async () => {
    server = await collectorServer({ port: 0 });
  });
  afterEach(() => server.close());
  const listen = async () => {
    const [response] = (await once(get(`${server.url}/api/events`), "response")) as [IncomingMessage];
    let text = "";
    response.on("error", () => {});
    return {
      response,
      seen: () => {
        response.on("data", (chunk: Buffer) => {
          text += chunk.toString();
        });
        response.resume();
        return () => [...text.matchAll(/"scheduled":(\d+)/g)].map(([, n]) => Number(n));
      },
    };
  };

  it("answers who listens before there is anything to tell", async () => {
    const { response, seen } = await listen();
    expect(response.headers["content-type"]).toBe("text/event-stream");
    const told = seen();
    server.publish(state(1));
    await expect.poll(told).toEqual([1]);
  });

  it("spares a slow listener what is outdated, but not the last word", async () => {
    const { response, seen } = await listen();
    response.pause();
    const heavy = "x".repeat(4_000_000);
    for (let n = 1; n <= 50; n++) server.publish(state(n, heavy));
    const told = seen();
    await expect.poll(() => told().at(-1)).toBe(50);
    expect(told().length).toBeLessThan(5);
  });

  it("serves its state as JSON and as metrics, and nothing else", async () => {
    server.publish(state(3));
    const ask = (path: string) => fetch(server.url + path);
    expect(await (await ask("/api/state")).json()).toEqual(state(3));
    expect(await (await ask("/metrics")).text()).toContain("coldcast_events_scheduled 3\n");
    expect((await ask("/api/../etc/passwd")).status).toBe(404);
    expect((await fetch(`${server.url}/api/state`, { method: "POST" })).status).toBe(405);
  });

  it("answers to loopback's names, and where it has a token to nobody else", async () => {
    const ask = (url: string, headers: Record<string, string>) =>
      new Promise<number>((resolve) =>
        get(`${url}/api/state`, { headers }, ({ statusCode = 0 }) => resolve(statusCode)),
      );
    const name = (host: string) => ask(server.url, { host });
    expect(await Promise.all(["localhost:80", "127.0.0.1", "[::1]:7080"].map(name))).toEqual([200, 200, 200]);
    expect(await Promise.all(["evil.example.com", "127.0.0.1.example.com"].map(name))).toEqual([403, 403]);
    await expect(collectorServer({ port: 0, host: "0.0.0.0" })).rejects.toThrow("needs a token");
    const token = "0123456789abcdef";
    const open = await collectorServer({ port: 0, host: "0.0.0.0", token });
    const say = (authorization: string) => ask(open.url, { authorization });
    const tried = ["", "Bearer ", `Bearer ${token}x`, `Bearer ${token.slice(1)}`, `bearer ${token}`, `Basic ${token}`];
    expect(await Promise.all(tried.map(say))).toEqual(tried.map(() => 401));
    expect(await say(`Bearer ${token}`)).toBe(200);
    await open.close();
  });
});
