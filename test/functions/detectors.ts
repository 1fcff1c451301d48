import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

/** One way to run the detector as a command: events by line in, answers by line out. */
export interface Detector {
  readonly language: "Rust" | "C" | "Go";
  readonly mode: string;
  /** What is run; its last part may be `MODULE`. */
  readonly command: readonly string[];
  /** What is loaded. */
  readonly file: string;
}

export interface Case {
  readonly name: string;
  readonly event: unknown;
  readonly answer: unknown;
}

/** What `functions/build.sh detector` makes. */
const out = "functions/target/out";
const names = [
  ["Rust", "detector-filter"],
  ["C", "detector-c"],
  ["Go", "detector-go"],
] as const;

/** The built binaries and, by `run`, the modules; nothing of what has not been built. */
export function detectors(run: readonly (readonly [mode: string, command: readonly string[]])[] = []): Detector[] {
  const native = names.map(([language, name]): Detector => {
    const file = `${out}/${name}`;
    return { language, mode: "native", command: [file], file };
  });
  const modules = run.flatMap(([mode, command]) =>
    names.map(([language, name]): Detector => {
      const file = `${out}/${name}.wasm`;
      return { language, mode, command: [...command, file], file };
    }),
  );
  return [...native, ...modules].filter(({ file }) => existsSync(file));
}

export const cases = (): Case[] => JSON.parse(readFileSync("functions/detector/cases.json", "utf8")) as Case[];

/** A case's event as the line that is sent. */
export const lineOf = ({ event }: Case): string => (typeof event === "string" ? event : JSON.stringify(event));

/** What a detector answers to all cases. */
export function answersOf({ command: [program, ...args] }: Detector, all: readonly Case[]): unknown[] {
  const input = all.map((each) => `${lineOf(each)}\n`).join("");
  const { stdout, stderr, status } = spawnSync(program!, args, { input, encoding: "utf8", maxBuffer: 1 << 26 });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`);
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}
