// A pod of the rig: one container-like process that serves the function protocol. It imports as little as it can,
// because its whole start is the cold start that a request sees.
import { createServer, type ServerResponse } from "node:http";
import { protocol } from "../protocol.ts";
import { parent, readConfig } from "./parent.ts";
import { podWork } from "./podWork.ts";

export interface PodConfig {
  readonly id: string;
  readonly workIs: "io" | "cpu";
  readonly roundsPerSecond: number;
}

const config = readConfig<PodConfig>();
const { tell } = parent();
const work = podWork(config);

const server = createServer((request, response) => {
  request.resume();
  if (request.url === protocol.readyPath) {
    answer(response, 200, {});
    return;
  }
  const seconds = Number(request.headers[protocol.work]);
  if (!(seconds >= 0 && seconds < Infinity)) {
    answer(response, 400, { [protocol.instance]: config.id });
    return;
  }
  work(seconds, (doneSeconds, checksum) =>
    answer(response, 200, {
      [protocol.instance]: config.id,
      [protocol.workDone]: String(doneSeconds),
      [protocol.checksum]: checksum,
    }),
  );
});
// Idle connections stay, and no timer looks for slow ones.
server.keepAliveTimeout = 0;
server.requestTimeout = 0;
server.headersTimeout = 0;
server.listen({ port: 0, host: "127.0.0.1", backlog: 1024 }, () => {
  const address = server.address();
  tell({ port: typeof address === "object" ? address?.port : undefined });
});

function answer(response: ServerResponse, status: number, headers: Record<string, string>): void {
  response.sendDate = false;
  response.writeHead(status, { ...headers, "content-length": "0" });
  response.end();
}
