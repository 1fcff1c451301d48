import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import {
  createSecureServer,
  createServer as createServer2,
  type Http2SecureServer,
  type Http2Server,
} from "node:http2";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { httpTarget } from "../../src/live/targets/http.ts";
import type { Reply } from "../../src/live/targets/target.ts";
import type { LiveSpec } from "../../src/scenario/scenario.ts";

const fixture = (name: string): string => readFileSync(new URL(`./fixtures/${name}`, import.meta.url), "utf8");
const ca = fixture("test-cert.pem");

/** What a server saw of one request, in an answer's header. */
interface Seen {
  readonly version: string;
  readonly host: string;
  readonly method: string;
  readonly path: string;
  readonly header: string;
  readonly body: string;
  readonly port: number;
}

describe("how requests are sent", () => {
  const seen: Seen[] = [];
  const servers: (Server | Http2Server | Http2SecureServer)[] = [];
  let [plain, cleartext2, secure] = ["", "", ""];

  beforeAll(async () => {
    const serve = (
      request: import("node:http2").Http2ServerRequest,
      response: { end(text: string): unknown },
    ): void => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        seen.push({
          version: request.httpVersion,
          host: request.authority ?? request.headers.host ?? "",
          method: request.method,
          path: request.url,
          header: String(request.headers["x-work"] ?? ""),
          body: Buffer.concat(chunks).toString(),
          port: request.socket.remotePort ?? 0,
        });
        response.end("ok");
      });
    };
    const tls = { key: fixture("test-key.pem"), cert: ca, allowHTTP1: true };
    const all = [createServer(serve as never), createServer2(serve as never), createSecureServer(tls, serve as never)];
    servers.push(...all);
    for (const server of all) await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
    const [a, b, c] = all.map((server) => (server.address() as AddressInfo).port);
    [plain, cleartext2, secure] = [`http://127.0.0.1:${a}`, `http://127.0.0.1:${b}`, `https://127.0.0.1:${c}`];
  });
  afterAll(() => {
    for (const server of servers) server.close();
  });

  async function send(
    url: string,
    live: LiveSpec | null,
    { via, requests = 1 }: { via?: string; requests?: number } = {},
  ) {
    seen.length = 0;
    const endpoint = { url, live, workIs: "io", source: "/s", startedAt: new Date(0), via } as const;
    const target = httpTarget("web", endpoint);
    await target.open();
    const replies: Reply[] = [];
    for (let index = 0; index < requests; index++) {
      const prepared = target.prepare({ index, atSeconds: 0.5, workSeconds: 0.02 });
      replies.push(await new Promise<Reply>((resolve) => void target.send(prepared, resolve)));
    }
    await target.close();
    return replies;
  }

  it("fills templates in path, query, headers and body, and names the host it is told to", async () => {
    const [reply] = await send(`${plain}/?fixed=1`, {
      method: "PUT",
      path: "/work/{workMs}",
      query: { id: "{id}" },
      headers: { Host: "hello.example.com", "X-Work": "{workSeconds}" },
      body: '{"at":{scheduledAt}}',
    });
    expect(reply!.outcome).toBe("completed");
    expect(seen).toMatchObject([
      {
        version: "1.1",
        host: "hello.example.com",
        method: "PUT",
        path: "/work/20?fixed=1&id=0",
        header: "0.02",
        body: '{"at":0.5}',
      },
    ]);
  });

  it("goes by way of a gateway under the URL's own host", async () => {
    await send("http://hello.default.example.com/x", null, { via: plain });
    expect(seen).toMatchObject([{ host: "hello.default.example.com", path: "/x" }]);
  });

  it("keeps a connection, or takes a new one for each request", async () => {
    await send(plain, null, { requests: 3 });
    expect(new Set(seen.map(({ port }) => port)).size).toBeLessThan(3);
    await send(plain, { connections: "perRequest" }, { requests: 3 });
    expect(new Set(seen.map(({ port }) => port)).size).toBe(3);
  });

  it("speaks HTTP/2 without TLS", async () => {
    const replies = await send(cleartext2, { http: "2", headers: { Host: "hello.example.com" } }, { requests: 2 });
    expect(replies.map(({ outcome }) => outcome)).toEqual(["completed", "completed"]);
    expect(seen).toMatchObject([{ version: "2.0", host: "hello.example.com" }, { version: "2.0" }]);
  });

  it("negotiates HTTP/2 over TLS, and HTTP/1.1 where that is wanted", async () => {
    await send(secure, { ca, http: "2" });
    await send("https://hello.example.com/", { ca, http: "2" }, { via: secure });
    expect(seen).toMatchObject([{ version: "2.0", host: "hello.example.com" }]);
    await send(secure, { ca });
    expect(seen).toMatchObject([{ version: "1.1" }]);
  });

  it("trusts no certificate that it does not know, unless told to", async () => {
    await expect(send(secure, null)).rejects.toThrow(/is not trusted \(self-signed certificate\); .*live\.ca/);
    expect((await send(secure, { insecure: true }))[0]!.outcome).toBe("completed");
  });

  it("sends many at once over one HTTP/2 connection", async () => {
    seen.length = 0;
    const live = { http: "2" } as const;
    const target = httpTarget("web", { url: cleartext2, live, workIs: "io", source: "/s", startedAt: new Date(0) });
    await target.open();
    const replies = await Promise.all(
      Array.from({ length: 300 }, (_, index) => {
        const prepared = target.prepare({ index, atSeconds: 0, workSeconds: 0 });
        return new Promise<Reply>((resolve) => void target.send(prepared, resolve));
      }),
    );
    await target.close();
    expect(replies.filter(({ outcome }) => outcome === "completed")).toHaveLength(300);
    expect(new Set(seen.map(({ port }) => port)).size).toBeLessThanOrEqual(4);
  });
});
