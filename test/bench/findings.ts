import { loadavg } from "node:os";
import { machine, writeSection } from "../validation/page.ts";
import { machineTime } from "./processor.ts";

/** What a bench finds. */
export interface Findings {
  /** A sentence or a table. */
  tell(part: string): void;
  /** Tells on what machine, and how busy others kept it. */
  end(): void;
}

/**
 * Findings that are printed as they come and, where `isWritten`, in the end put into docs/functions.md between the marks of
 * `name`, so that every figure there was made by the command beside it.
 */
export function findings(name: string, isWritten: boolean): Findings {
  const parts: string[] = [];
  const began = machineTime();
  const load = loadavg()[0]!.toFixed(1);
  const tell = (part: string): void => {
    parts.push(part);
    process.stdout.write(`${part}\n\n`);
  };
  const end = (): void => {
    const { stolen, all } = machineTime();
    const share = (100 * (stolen - began.stolen)) / (all - began.all);
    const day = new Date().toISOString().slice(0, 10);
    tell(`${machine()} ${day}; load before it ${load}, stolen from the machine meanwhile ${share.toFixed(1)} %.`);
    if (isWritten) writeSection(name, `npm run bench:${name} -- --write`, parts, "functions.md");
  };
  return { tell, end };
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** Median [least, most], of what is measured several times. */
export function spread(values: readonly number[], digits: number): string {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const middle = median(values).toFixed(digits);
  return values.length > 1 ? `${middle} [${least.toFixed(digits)}, ${most.toFixed(digits)}]` : middle;
}
