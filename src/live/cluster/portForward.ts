import { createServer, type Socket } from "node:net";
import { Writable } from "node:stream";
import type { KubeConfig } from "@kubernetes/client-node";
import { TargetError } from "../../base/check.ts";

/** A port of this machine that leads to a pod's. */
export interface Forward {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Forwards a loopback port of the system's choice to one pod, through the API server.
 *
 * For where the cluster's addresses cannot be reached. It adds a hop through API server and kubelet, and every
 * connection is a web socket of its own, so latencies measured through it hold the hop.
 */
export async function portForward(
  config: KubeConfig,
  { namespace, pod, port }: { readonly namespace: string; readonly pod: string; readonly port: number },
): Promise<Forward> {
  const { PortForward } = await import("@kubernetes/client-node");
  const forward = new PortForward(config);
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    const complain = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        // Each connection begins with the port's number here, of which the library leaves an empty chunk.
        if (chunk.length > 0) socket.destroy();
        done();
      },
    });
    forward.portForward(namespace, pod, [port], socket, complain, socket).then(
      (webSocket) => {
        if (typeof webSocket === "function") return;
        // Whoever connected may have gone before the way stood.
        if (socket.destroyed) return webSocket.close();
        webSocket.onclose = () => socket.destroy();
        socket.once("close", () => webSocket.close());
      },
      () => socket.destroy(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (typeof address !== "object" || address === null) {
    throw new TargetError(`pod ${namespace}/${pod}`, "no local port could be opened", { retriable: true });
  }
  return {
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
