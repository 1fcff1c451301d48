import { Worker } from "node:worker_threads";
import type { Seconds } from "../../base/units.ts";
import { type ThreadConfig, type ThreadReply, threadProgram } from "./wasmThread.ts";

interface Thread {
  readonly worker: Worker;
  done: ((reply: ThreadReply) => void) | undefined;
  /** Ends the thread whose guest does not come to an end. */
  deadline: NodeJS.Timeout | undefined;
}

/** Twice as long as any sender waits for an answer. */
const longestSeconds = 600;

/**
 * Threads that each run one Wasm instance at a time: some started in advance, more as the spare ones run out, so that
 * the start of a thread is not taken for the start of an instance.
 */
export class ThreadPool {
  readonly #config: ThreadConfig;
  readonly #max: number;
  readonly #limitMs: number;
  readonly #spare: Thread[] = [];
  readonly #waiting: { readonly seconds: Seconds; readonly done: (reply: ThreadReply) => void }[] = [];
  #threads = 0;
  #inUse = 0;
  #isStarting = false;

  /** @param limitSeconds after which a guest is ended, whatever it does */
  constructor(config: ThreadConfig, max: number, limitSeconds: Seconds = longestSeconds) {
    this.#config = config;
    this.#max = max;
    this.#limitMs = limitSeconds * 1e3;
  }

  /** Requests in hand. */
  get inUse(): number {
    return this.#inUse;
  }

  /** Starts threads, a few at a time, and resolves when all are ready. */
  async start(count: number): Promise<void> {
    for (let n = Math.min(count, this.#max); n > 0; n -= 4) {
      await Promise.all(Array.from({ length: Math.min(n, 4) }, () => this.#add()));
    }
  }

  /** Serves one request; false above the cap. */
  run(seconds: Seconds, done: (reply: ThreadReply) => void): boolean {
    if (this.#inUse >= this.#max) return false;
    this.#inUse++;
    const thread = this.#spare.pop();
    if (thread === undefined) this.#waiting.push({ seconds, done });
    else this.#give(thread, seconds, done);
    this.#grow();
    return true;
  }

  /** One more thread when the last spare one is taken; one start at a time, or starts would crowd out the work itself. */
  #grow(): void {
    if (this.#spare.length > 0 || this.#isStarting || this.#threads >= this.#max) return;
    this.#isStarting = true;
    void this.#add().then(() => {
      this.#isStarting = false;
      this.#grow();
    });
  }

  #give(thread: Thread, seconds: Seconds, done: (reply: ThreadReply) => void): void {
    thread.done = done;
    thread.deadline = setTimeout(() => this.#abandon(thread), this.#limitMs).unref();
    thread.worker.postMessage(seconds);
  }

  #add(): Promise<void> {
    this.#threads++;
    const worker = new Worker(threadProgram, {
      eval: true,
      workerData: this.#config,
      // A thread holds one small instance: a small heap keeps collections short and the host light.
      resourceLimits: { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 32, stackSizeMb: 1 },
    });
    const thread: Thread = { worker, done: undefined, deadline: undefined };
    return new Promise((resolve) => {
      worker.on("message", (reply: ThreadReply | "ready") => {
        if (reply === "ready") resolve();
        else this.#finish(thread, reply);
        const next = this.#waiting.shift();
        if (next === undefined) this.#spare.push(thread);
        else this.#give(thread, next.seconds, next.done);
      });
    });
  }

  #abandon(thread: Thread): void {
    this.#threads--;
    void thread.worker.terminate();
    this.#finish(thread, {
      startSeconds: 0,
      workDoneSeconds: this.#limitMs / 1e3,
      checksum: "",
      events: 1,
      trap: true,
    });
    this.#grow();
  }

  #finish(thread: Thread, reply: ThreadReply): void {
    const { done } = thread;
    clearTimeout(thread.deadline);
    thread.done = undefined;
    this.#inUse--;
    done?.(reply);
  }
}
