// Starts a broker, says where it is, and waits to be killed.
import { execFileSync } from "node:child_process";
import { dirname } from "node:path";
import { jarBroker } from "../../src/live/kafka/jarBroker.ts";

const { pid } = await jarBroker();
const config = execFileSync("ps", ["-ww", "-o", "args=", "-p", String(pid)], { encoding: "utf8" })
  .trim()
  .split(" ")
  .at(-1)!;
process.stdout.write(`${JSON.stringify({ pid, folder: dirname(config) })}\n`);
