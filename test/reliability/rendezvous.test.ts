import { request } from "node:http";
import { networkInterfaces } from "node:os";
import { afterEach, describe, expect, it } from "vitest";
import { tokenFor } from "../../src/cli/token.ts";
import { bearer, isAuthorized, isLoopback } from "../../src/live/bearer.ts";
import { OutcomeLog } from "../../src/live/outcomes.ts";
import { openRendezvous, type Rendezvous } from "../../src/live/rendezvous.ts";
import { transcript } from "../cli/transcript.ts";

const token = "correct-horse-battery";
const opened: Rendezvous[] = [];
afterEach(() => Promise.all(opened.splice(0).map((each) => each.close())).then(() => {}));
let next = 0;
const freePort = (): number => 30_000 + ((process.pid * 7 + next++) % 20_000);

async function open(...of: Parameters<typeof openRendezvous>): Promise<Rendezvous> {
  const rendezvous = await openRendezvous(...of);
  opened.push(rendezvous);
  return rendezvous;
}

/** The status of an answer; 0 where nobody listens. */
const ask = (host: string, port: number, authorization?: string, path = "/clock"): Promise<number> =>
  new Promise((resolve) => {
    const headers = authorization === undefined ? {} : { authorization };
    const asked = request({ host, port, path, headers, method: path === "/clock" ? "GET" : "POST" }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.on("error", () => resolve(0));
    asked.end();
  });

const outer = Object.values(networkInterfaces())
  .flat()
  .find((address) => address?.family === "IPv4" && !address.internal)?.address;

describe("the meeting place of shards", () => {
  it("is on loopback alone where its address is", async () => {
    const port = freePort();
    await open(`localhost:${port}`, { index: 0, of: 2 });
    expect(await ask("127.0.0.1", port)).toBe(200);
    if (outer !== undefined) expect(await ask(outer, port)).toBe(0);
  });

  it("needs a token beyond loopback, and lets nobody in without it", async () => {
    const port = freePort();
    await expect(openRendezvous(`shard-0.example.com:${port}`, { index: 0, of: 2 })).rejects.toThrow("needs a token");
    await open(`shard-0.example.com:${port}`, { index: 0, of: 2 }, token);
    const wrong = [
      undefined,
      "",
      token,
      `bearer ${token}`,
      `Bearer ${token} `.trimEnd().slice(0, -1),
      `Bearer ${token}x`,
      "Bearer",
    ];
    for (const authorization of wrong)
      expect([authorization, await ask("127.0.0.1", port, authorization)]).toEqual([authorization, 401]);
    for (const path of ["/ready?target=a&shard=1", "/outcomes?target=a&shard=1", "/nothing"])
      expect(await ask("127.0.0.1", port, undefined, path)).toBe(401);
    expect(await ask("127.0.0.1", port, `Bearer ${token}`)).toBe(200);
  });

  it("is left by a shard that has another token, which is told so", async () => {
    const port = freePort();
    await open(`127.0.0.1:${port}`, { index: 0, of: 2 }, token);
    const other = await open(`127.0.0.1:${port}`, { index: 1, of: 2 }, `${token}-other`);
    const meeting = other.meet("a", "sha");
    await expect(meeting).rejects.toThrow(`shard 0 at http://127.0.0.1:${port} has another token`);
    await expect(meeting).rejects.not.toThrow(token);
  });

  it("takes no harm from a log that is none", async () => {
    const port = freePort();
    const host = await open(`127.0.0.1:${port}`, { index: 0, of: 2 }, token);
    const body = "no log at all";
    await new Promise<void>((resolve) => {
      const sent = request(
        { port, path: "/outcomes?target=a&shard=1", method: "POST", headers: { ...bearer(token) } },
        (response) => {
          response.resume().on("end", () => resolve());
        },
      );
      sent.end(body);
    });
    const arrivals = (n: number) => ({ at: Float64Array.from({ length: n }, (_, i) => i), work: new Float64Array(n) });
    const notes = await host.gather(
      "a",
      new OutcomeLog({ at: Float64Array.of(0, 2), work: new Float64Array(2) }),
      new OutcomeLog(arrivals(3)),
    );
    expect(notes).toEqual([
      expect.stringMatching(/^shard 1 handed over a log that cannot be used, its requests count as unsent: shard 1:1/),
    ]);
  });
});

describe("a token", () => {
  it("is compared whole", () => {
    expect(isAuthorized(`Bearer ${token}`, token)).toBe(true);
    expect([undefined, "", "Bearer ", token, `Bearer ${token}\u0000`].map((each) => isAuthorized(each, token))).toEqual(
      Array(5).fill(false),
    );
    expect(isAuthorized(undefined, null)).toBe(true);
  });

  it("is asked for everywhere but on loopback", () => {
    expect(["localhost", "127.0.0.1", "127.1.2.3", "::1", "[::1]"].filter((host) => !isLoopback(host))).toEqual([]);
    expect(
      ["0.0.0.0", "::", "10.0.0.1", "127.0.0.1.example.com", "localhost.example.com", "127.0.0.1000", ""].filter(
        isLoopback,
      ),
    ).toEqual([]);
    expect(tokenFor("localhost", {})).toBeNull();
    expect(() => tokenFor("0.0.0.0", {})).toThrow("can be reached from other machines, so it needs a token");
    expect(tokenFor("0.0.0.0", { COLDCAST_TOKEN: ` ${token}\n` })).toBe(token);
    for (const weak of ["short", "with a space in it yes", "umläute-sind-zu-lang"])
      expect(() => tokenFor("0.0.0.0", { COLDCAST_TOKEN: weak })).toThrow(/must hold 16 characters or more/);
  });

  it("is needed before anything is sent", async () => {
    const shard = ["replay", "test/golden/cli/small.yaml", "--shard", "0/2", "--out", "out/never"];
    const { code, err } = await transcript([...shard, "--rendezvous", "0.0.0.0:7700"]);
    expect([code, err]).toEqual([
      2,
      expect.stringContaining("0.0.0.0 can be reached from other machines, so it needs a token"),
    ]);
  });
});
