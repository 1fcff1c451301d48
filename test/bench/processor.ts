// Processor time, as Linux counts it.
import { readFileSync } from "node:fs";

const ticksPerSecond = 100;

/** Seconds of processor time that a process has used so far, all its threads together; steps of 10 ms. */
export function processorSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // Behind the name, which may hold anything: the state, ten numbers, then user and system time.
  const [user, system] = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .slice(11, 13)
    .map(Number) as [number, number];
  return (user + system) / ticksPerSecond;
}

/** Seconds since the machine's start, of all its cores together. */
export interface MachineTime {
  /** Somebody computed. */
  readonly busy: number;
  /** Somebody would have, but the machine under this virtual one did something else. */
  readonly stolen: number;
  readonly all: number;
}

export function machineTime(): MachineTime {
  const line = readFileSync("/proc/stat", "utf8").split("\n", 1)[0]!;
  const ticks = line.split(/\s+/).slice(1, 9).map(Number);
  const [, , , idle, waiting, , , stolen] = ticks as [number, number, number, number, number, number, number, number];
  const all = ticks.reduce((sum, each) => sum + each, 0);
  const seconds = { busy: all - idle - waiting - stolen, stolen, all };
  return {
    busy: seconds.busy / ticksPerSecond,
    stolen: seconds.stolen / ticksPerSecond,
    all: seconds.all / ticksPerSecond,
  };
}
