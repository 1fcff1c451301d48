import { connect } from "node:net";

/** An ApiVersions request, version 0: only a broker that serves requests answers it. */
const apiVersions = Buffer.from([0, 0, 0, 12, 0, 18, 0, 0, 0, 0, 0, 1, 0, 2, 0x75, 0x70]);
const answerLimitMs = 2000;

/** Whether a Kafka broker serves requests on a port of this machine. */
export function brokerAnswers(port: number, host = "127.0.0.1"): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: answerLimitMs });
    const finish = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket.once("connect", () => socket.write(apiVersions));
    socket.once("data", () => finish(true));
    socket.once("error", () => finish(false));
    socket.once("timeout", () => finish(false));
    socket.once("close", () => finish(false));
  });
}
