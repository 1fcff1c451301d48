import { readFileSync } from "node:fs";

/** What one trace of the real AWS Lambda says of its instances; seconds. */
export interface LambdaTrace {
  readonly requests: number;
  /** Share of the requests with a choice of idle instances that went to the one used last, and how many there were. */
  readonly mru: { readonly share: number; readonly of: number };
  /** From an instance's first request to the end of its last. */
  readonly longestLife: number;
  /** Between two requests of one instance. */
  readonly longestIdle: number;
}

interface Use {
  readonly from: number;
  readonly to: number;
}

const file = new URL("data/aws-lambda-0.0164rps.csv", import.meta.url);

/** The trace at 0.0164 requests/s, which is none of the rates that are judged. */
export function lambdaTrace(): LambdaTrace {
  const lines = readFileSync(file, "utf8").trim().split(/\r?\n/).slice(1);
  const requests = lines
    .map((line) => line.split(","))
    .map(([start, elapsed, , , instance]) => ({
      instance: instance!,
      from: Number(start),
      to: Number(start) + Number(elapsed),
    }))
    .toSorted((a, b) => a.from - b.from);
  const uses = Map.groupBy(requests, ({ instance }) => instance);
  const lives = [...uses.values()];
  const gaps = lives.flatMap((life) => life.slice(1).map((use, i) => use.from - life[i]!.to));
  return {
    requests: requests.length,
    mru: chosenLast(requests, uses),
    longestLife: Math.max(...lives.map((life) => life.at(-1)!.to - life[0]!.from)),
    longestIdle: Math.max(...gaps),
  };
}

function chosenLast(
  requests: readonly (Use & { readonly instance: string })[],
  uses: ReadonlyMap<string, readonly Use[]>,
): { readonly share: number; readonly of: number } {
  const lastEnd = new Map<string, number>();
  let [choices, last] = [0, 0];
  for (const { instance, from, to } of requests) {
    // Surely there: used before, and again later.
    const idle = [...lastEnd].filter(([name, end]) => end <= from && uses.get(name)!.at(-1)!.from >= from);
    if (idle.length >= 2 && lastEnd.has(instance)) {
      choices++;
      if (idle.every(([name, end]) => name === instance || end < lastEnd.get(instance)!)) last++;
    }
    lastEnd.set(instance, to);
  }
  return { share: last / choices, of: choices };
}
