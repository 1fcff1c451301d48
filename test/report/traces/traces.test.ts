import { describe, expect, it } from "vitest";
import { InputError } from "../../../src/base/check.ts";
import { readTrace, type TraceOptions } from "../../../src/report/traces/index.ts";
import { textOf } from "../importers/source.ts";

const byDefault: TraceOptions = { seed: 1, spacing: "poisson" };

function requestsOf(text: string, options: Partial<TraceOptions> & { format?: string } = {}) {
  const { requests, format } = readTrace(textOf(text), { ...byDefault, ...options });
  const found = Array.from(requests, ({ atSeconds, workSeconds, origin }) => ({ atSeconds, workSeconds, origin }));
  for (const [i, { atSeconds }] of found.entries()) {
    expect(atSeconds).toBeGreaterThanOrEqual(i === 0 ? 0 : found[i - 1]!.atSeconds);
  }
  return { found, format: format.format };
}

const minutes = Array.from({ length: 1440 }, (_, i) => i + 1);
const azure2019 = (rows: readonly (readonly [name: string, counts: Readonly<Record<number, number>>])[]): string =>
  [
    `HashOwner,HashApp,HashFunction,Trigger,${minutes.join(",")}`,
    ...rows.map(([name, counts]) => `o,a,${name},http,${minutes.map((minute) => counts[minute] ?? 0).join(",")}`),
    "",
  ].join("\n");

describe("traces", () => {
  const counts = azure2019([
    ["f1", { 1: 3, 1440: 1 }],
    ["f2", { 1: 2, 7: 5 }],
  ]);

  it("Azure 2019: as many requests in each minute as it counts, of each function", () => {
    const { found, format } = requestsOf(counts);
    expect(format).toBe("azure-2019");
    const within = (from: number, origin: number) =>
      found.filter((r) => r.origin === origin && r.atSeconds >= from && r.atSeconds < from + 60).length;
    expect([within(0, 0), within(0, 1), within(360, 1), within(86_340, 0), found.length]).toEqual([3, 2, 5, 1, 11]);
    expect(requestsOf(counts).found).toEqual(found);
    expect(requestsOf(counts, { seed: 2 }).found).not.toEqual(found);
    expect(requestsOf(counts, { functions: ["f2"] }).found.length).toBe(7);
    const even = requestsOf(counts, { spacing: "even", functions: ["f2"] }).found.map(({ atSeconds }) => atSeconds);
    expect(even).toEqual([15, 45, 366, 378, 390, 402, 414]);
  });

  it("Azure 2019: durations between a function's percentiles", () => {
    const header =
      "HashOwner,HashApp,HashFunction,Average,Count,Minimum,Maximum,percentile_Average_0,percentile_Average_1,percentile_Average_25,percentile_Average_50,percentile_Average_75,percentile_Average_99,percentile_Average_100";
    const durations = `${header}\no,a,f1,20,9,10,90,10,11,15,20,40,80,90\no,a,f2,5,9,5,5,5,5,5,5,5,5,5\n`;
    const many = azure2019([["f1", { 1: 2000 }]]);
    const work = requestsOf(many, { durations: textOf(durations) }).found.map(({ workSeconds }) => workSeconds);
    expect(work.every((seconds) => seconds >= 0.01 && seconds <= 0.09)).toBe(true);
    const below = work.filter((seconds) => seconds <= 0.02).length;
    expect(Math.abs(below - 1000)).toBeLessThan(150);
  });

  it("Azure 2021: in order of starts, which are ends less durations", () => {
    const { found, format } = requestsOf("app,func,end_timestamp,duration\na,x,10.5,0.5\na,y,10.2,5\nb,x,11,1\n");
    expect(format).toBe("azure-2021");
    expect(found.map(({ atSeconds }) => Number(atSeconds.toFixed(6)))).toEqual([0, 4.8, 4.8]);
    expect(found.map(({ workSeconds }) => workSeconds)).toEqual([5, 0.5, 1]);
    expect(found.map(({ origin }) => origin)).toEqual([1, 0, 0]);
  });

  it("Azure LLM: instants with all their digits", () => {
    const text =
      "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46.6805900,374,44\n2023-11-16 18:15:50.9951690,396,109\n2023-11-17 00:00:00.0000000,1,1\n";
    const { found, format } = requestsOf(text);
    expect(format).toBe("azure-llm");
    expect(found[1]!.atSeconds).toBeCloseTo(4.314579, 6);
    expect(found[2]!.atSeconds).toBeCloseTo(20_653.31941, 5);
    expect(found[0]!.workSeconds).toBeNaN();
  });

  it("Huawei: a column per function, intervals as long as they are apart", () => {
    const { found, format } = requestsOf("day,time,0,1,2\n3,86340,1,,0\n4,0,2,3.0,0\n4,60,0,0,4\n", {
      spacing: "even",
    });
    expect(format).toBe("huawei");
    expect(found.map(({ atSeconds, origin }) => [atSeconds, origin])).toEqual([
      [30, 0],
      [70, 1],
      [75, 0],
      [90, 1],
      [105, 0],
      [110, 1],
      [127.5, 2],
      [142.5, 2],
      [157.5, 2],
      [172.5, 2],
    ]);
  });

  it("Huawei 2025: from the frontend's timestamp less what it took, in order", () => {
    const header =
      "time_worker,time_frontend,requestID,clusterName,funcName,podID,userID,totalCost_worker,workerCost,runtimeCost,totalCost_frontend,frontendCost,busCost,readBodyCost,writeRspCost,cpu_usage,memory_usage,requestBodySize";
    const row = (time: string, func: string, runtime: string, total: string) =>
      `${time},${time},r,1,${func},p,2,${runtime},0,${runtime},${total},0,0,0,0,0.3,32,1018`;
    const text = `${header}\n${row("2600187", "296", "0.5", "0.75")}\n${row("2600186.5", "7", "0.02", "0.5")}\n${row("2600186.625", "296", "0.1", "0.125")}\n`;
    const { found, format } = requestsOf(text);
    expect(format).toBe("huawei-2025");
    expect(found).toEqual([
      { atSeconds: 0, workSeconds: 0.02, origin: 1 },
      { atSeconds: 0.25, workSeconds: 0.5, origin: 0 },
      { atSeconds: 0.5, workSeconds: 0.1, origin: 0 },
    ]);
    expect(requestsOf(text, { functions: ["7"] }).found).toHaveLength(1);
  });

  it("IBM: lists of a table written as CSV", () => {
    const text = `NamespaceHash,AppHash,NumEvents,InvocationTimes,AppExecTimes,TotalExecTimes,PodHash\nn,a,2,"[5.5, 7.0]","[100, 200]","[150, 230]",p\nn,b,1,[6],[50],[60],q\n`;
    const { found, format } = requestsOf(text);
    expect(format).toBe("ibm");
    expect(found).toEqual([
      { atSeconds: 0, workSeconds: 0.1, origin: 0 },
      { atSeconds: 0.5, workSeconds: 0.05, origin: 1 },
      { atSeconds: 1.5, workSeconds: 0.2, origin: 0 },
    ]);
  });

  it("any CSV: a column by name or number, in its unit", () => {
    const text = "id,start_ms,took\na,100,5\nb,150,7\n";
    const { found } = requestsOf(text, {
      column: "start_ms",
      unitSeconds: 1e-3,
      workColumn: "3",
      workUnitSeconds: 1e-3,
    });
    expect(found.map(({ atSeconds }) => Number(atSeconds.toFixed(9)))).toEqual([0, 0.05]);
    expect(found.map(({ workSeconds }) => workSeconds)).toEqual([0.005, 0.007]);
    const bare = requestsOf("5\n7\n7.5\n", { column: "1" }).found;
    expect(bare.map(({ atSeconds }) => atSeconds)).toEqual([0, 2, 2.5]);
  });

  it.each<[string, string, Partial<TraceOptions> & { format?: string }]>([
    ["is of no trace known; name one with --format: azure-2019", "a,b\n1,2\n", {}],
    ['file:3:1: "x" is not a number', "t\n1\nx\n", { column: "t" }],
    ['file:2:1: "-1e999" is not a number', "t\n-1e999\n1\n", { column: "t" }],
    ['file:2:1: "1e308" is not a number', "t\n1e308\n", { column: "t", unitSeconds: 60 }],
    ["file:3:1: instants must not decrease", "t\n2\n1\n", { column: "t" }],
    ['file:1:1: has no column "q"', "t\n2\n", { column: "q" }],
    ["holds no request", "t\n", { column: "t" }],
    ["file:2:1: expected 1444 cells, got 5", `${counts.split("\n")[0]!}\no,a,f,h,1\n`, {}],
    ["has none of the functions named", counts, { functions: ["f9"] }],
    ["file:2:1: end and duration must be numbers", "app,func,end_timestamp,duration\na,b,c,1\n", {}],
    ['file:2:1: "yesterday" is not an instant', "TIMESTAMP,ContextTokens,GeneratedTokens\nyesterday,1,1\n", {}],
    [
      "file:2:1: time_frontend, totalCost_frontend and runtimeCost must be numbers",
      "time_frontend,funcName,runtimeCost,totalCost_frontend\n1,2,x,1\n",
      {},
    ],
    ["file:3:1: time must increase", "day,time,0,1\n1,60,1,1\n1,60,1,1\n", {}],
  ])("%s", (message, text, options) => {
    expect(() => requestsOf(text, options)).toThrow(InputError);
    expect(() => requestsOf(text, options)).toThrow(message);
  });
});
