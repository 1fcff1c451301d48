import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TargetError } from "../../src/base/check.ts";
import type { Endpoint } from "../../src/live/targets/endpoint.ts";
import { FakeTarget } from "../../src/live/targets/fake.ts";
import { httpTarget } from "../../src/live/targets/http.ts";
import type { Reply, Target } from "../../src/live/targets/target.ts";
import { virtualClock } from "../../src/live/virtualClock.ts";
import { targetContract } from "./targetContract.ts";

const endpointAt = (url: string): Endpoint => ({
  url,
  live: null,
  workIs: "io",
  source: "/s",
  startedAt: new Date(0),
});

describe("the contract of a target: fake", () => {
  targetContract(async () => ({ target: new FakeTarget({ clock: virtualClock() }) }));
});

describe("http", () => {
  let server: Server;
  let url = "";
  const toUrl = (path: string): Target => httpTarget("web", endpointAt(`${url}${path}`));
  const ask = async (path: string): Promise<Reply> => {
    const target = toUrl(path);
    await target.open();
    const reply = await new Promise<Reply>((resolve) => {
      target.send(target.prepare({ index: 0, atSeconds: 0, workSeconds: 0.001 }), resolve);
    });
    await target.close();
    return reply;
  };

  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === "/break") {
        request.socket.destroy();
        return;
      }
      const status = Number(/^\/(\d+)/.exec(request.url ?? "")?.[1] ?? 200);
      const work = Number(request.headers["ce-workseconds"]);
      setTimeout(() => {
        response.writeHead(status, { "coldcast-instance": "web-1", "coldcast-instance-age": "5" });
        response.end("hello");
      }, work * 1e3);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());

  describe("the contract of a target", () => {
    targetContract(async () => ({ target: toUrl("/") }));
  });

  it("maps what happened to an outcome", async () => {
    expect(await ask("/200")).toMatchObject({ outcome: "completed", status: 200, instance: "web-1" });
    expect(await ask("/404")).toMatchObject({ outcome: "http4xx", status: 404 });
    expect(await ask("/500")).toMatchObject({ outcome: "http5xx", status: 500 });
    expect(await ask("/503")).toMatchObject({ outcome: "rejected", status: 503 });
    expect(await ask("/break")).toMatchObject({ outcome: "reset" });
  });

  it("takes an instance's age where clocks are not shared", async () => {
    const before = await ask("/200");
    const after = await ask("/200");
    expect(after.instanceStarted! - before.instanceStarted!).toBeGreaterThan(0);
  });

  it("says that nobody listens", async () => {
    const target = httpTarget("nobody", endpointAt("http://127.0.0.1:1/"));
    await expect(target.open()).rejects.toThrow(TargetError);
    await expect(target.open()).rejects.toThrow("nobody: nobody listens at http://127.0.0.1:1");
  });
});
