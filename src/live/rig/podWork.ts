import type { Seconds } from "../../base/units.ts";
import { monotonicSeconds } from "../monotonic.ts";
import { sleeper } from "../sleeper.ts";
import { compileFully, compileWork, instantiateWork } from "./wasmModule.ts";

/** Does `seconds` of work, then tells the work time it took and the work's checksum. */
export type Work = (seconds: Seconds, done: (doneSeconds: Seconds, checksum: string) => void) => void;

/** The work of a pod: waits overlap; computing shares the pod's one core between the requests that are there. */
export function podWork(options: { readonly workIs: "io" | "cpu"; readonly roundsPerSecond: number }): Work {
  return options.workIs === "io" ? waitingWork() : computingWork(options.roundsPerSecond);
}

function waitingWork(): Work {
  const { at } = sleeper();
  return (seconds, done) => {
    const started = monotonicSeconds();
    if (seconds === 0) done(0, "0");
    else at(started + seconds, () => done(monotonicSeconds() - started, "0"));
  };
}

/** The time between two turns of the event loop while computing. */
const sliceSeconds = 0.25e-3;

interface Job {
  rounds: number;
  state: bigint;
  doneSeconds: Seconds;
  readonly done: (doneSeconds: Seconds, checksum: string) => void;
}

/** Round robin in short slices: n requests each get 1/n of the core, and sockets are served in between. */
function computingWork(roundsPerSecond: number): Work {
  compileFully();
  const { run_cpu } = instantiateWork(compileWork(), () => {});
  const sliceRounds = Math.max(1, Math.round(roundsPerSecond * sliceSeconds));
  const jobs: Job[] = [];

  const turn = (): void => {
    const job = jobs.shift();
    if (job === undefined) return;
    const rounds = Math.min(job.rounds, sliceRounds);
    const started = monotonicSeconds();
    job.state = run_cpu(BigInt(rounds), job.state);
    job.doneSeconds += monotonicSeconds() - started;
    job.rounds -= rounds;
    if (job.rounds > 0) jobs.push(job);
    else job.done(job.doneSeconds, BigInt.asUintN(64, job.state).toString(16));
    if (jobs.length > 0) setImmediate(turn);
  };

  return (seconds, done) => {
    const rounds = Math.round(seconds * roundsPerSecond);
    jobs.push({ rounds, state: 1n, doneSeconds: 0, done });
    if (jobs.length === 1) setImmediate(turn);
  };
}
