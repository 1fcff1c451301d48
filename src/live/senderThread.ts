import { parentPort, workerData } from "node:worker_threads";
import type { Seconds } from "../base/units.ts";
import { outcomeRecord } from "./outcomeRecords.ts";
import { OutcomeLog } from "./outcomes.ts";
import { realClock } from "./realClock.ts";
import { sendAll } from "./sendAll.ts";
import type { FromThread, SenderConfig, ToThread } from "./senderThreads.ts";
import { httpTarget } from "./targets/http.ts";
import { warmSending } from "./warmSending.ts";

// A thread of openSenders: it sends its shard of the schedule and hands back what became of it.
const { endpoint, arrivals, wantsRecords, ...config } = workerData as SenderConfig;
const clock = realClock();
const target = httpTarget("sender", endpoint);
const stop = new AbortController();
const sharedEverySeconds = 0.2;
const recordsTogether = 1000;

const tell = (message: FromThread): void => parentPort?.postMessage(message);

async function send(zero: Seconds): Promise<void> {
  const log = new OutcomeLog(arrivals);
  let tellAt = zero;
  let records: string[] = [];
  const tellRecords = (): void => {
    if (records.length > 0) tell({ kind: "records", records });
    records = [];
  };
  const noteRow = (row: number): void => {
    records.push(outcomeRecord(log, row, config.shard.index + row * config.shard.of));
    if (records.length >= recordsTogether) tellRecords();
  };
  const telling = setInterval(tellRecords, sharedEverySeconds * 1e3);
  await sendAll(target, log, {
    ...config,
    clock,
    zero,
    signal: stop.signal,
    onOutcome: wantsRecords ? noteRow : undefined,
    onSent: (sent) => {
      if (clock.now() < tellAt) return;
      tellAt = clock.now() + sharedEverySeconds;
      tell({ kind: "sent", sent });
    },
  });
  clearInterval(telling);
  tellRecords();
  await target.close();
  const columns = log.columns();
  const { at, work, known } = columns;
  // Handed over, not copied: the log of a long schedule is large, and nothing is left to do here.
  const buffers = [at, work, ...Object.values(known)].map(({ buffer }) => buffer as ArrayBuffer);
  parentPort?.postMessage({ kind: "done", columns } satisfies FromThread, buffers);
}

parentPort?.on("message", (message: ToThread) => {
  if (message.kind === "send") void send(message.zero);
  else stop.abort();
});
await warmSending(endpoint);
tell({ kind: "ready" });
