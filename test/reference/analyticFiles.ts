import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { quantileOf } from "../../src/model/quantile.ts";
import { levelOf } from "./analyticScenario.ts";

/** A law of an oracle file; which numbers are there depends on `type`. */
export interface OracleLaw {
  readonly type: string;
  readonly rate_per_ms: number;
  readonly mean_ms: number;
  readonly value_ms: number;
  readonly shape: number;
  readonly probs: readonly number[];
  readonly means_ms: readonly number[];
}

/** Which inputs are there depends on the kind. Times ms, rates per ms. */
export interface OracleInputs {
  readonly arrivals: OracleLaw;
  readonly service: OracleLaw;
  readonly work: OracleLaw;
  readonly holding_time: OracleLaw;
  readonly setup: OracleLaw;
  readonly cold_start: OracleLaw;
  readonly cold_start_setup: OracleLaw;
  readonly idle_lifetime: OracleLaw;
  readonly delayed_off: OracleLaw;
  readonly expiration_threshold_ms: number;
  readonly keep_alive_ms_deterministic: number;
  readonly container_concurrency: number;
  readonly k?: number;
  readonly c: number | null;
  readonly burst: number;
  readonly instances: number | "unlimited";
}

export interface OracleFile {
  readonly id: string;
  readonly inputs: OracleInputs;
  readonly outputs: {
    readonly cdf?: readonly CdfPoint[];
    readonly cdf_wait?: readonly CdfPoint[];
    readonly quantiles_ms?: Readonly<Record<string, number>>;
    readonly quantiles_wait_ms?: Readonly<Record<string, number>>;
    readonly max_of_burst_quantiles_ms?: Readonly<Record<string, number>>;
    readonly P_instances_le_n?: readonly number[];
  };
}

/** Notes down a comparison: fails unless |actual − wanted| ≤ error. */
export type Close = (what: string, actual: number, wanted: number, error: number) => void;

const root = process.env.COLDCAST_ORACLES ?? new URL("oracles", import.meta.url).pathname;
const folder = join(root, "analytic");

/** One test for every file of a kind; prints how many values were checked in each. */
export function checkEveryFile(kind: string, check: (file: OracleFile, close: Close) => void): void {
  const lines: string[] = [];
  const names = readdirSync(folder).filter((name) => name.startsWith(`${kind}-`) && name.endsWith(".json"));
  it(`has files of kind ${kind}, or says that there are none`, () => {
    if (names.length === 0) lines.push(`${kind}: no files`);
  });
  for (const name of names.sort()) {
    it(name, () => {
      const file: OracleFile = JSON.parse(readFileSync(join(folder, name), "utf8"));
      let count = 0;
      check(file, (what, actual, wanted, error) => {
        expect(Math.abs(actual - wanted), `${what}: ${actual} for ${wanted}`).toBeLessThanOrEqual(error);
        count++;
      });
      expect(count, "values checked").toBeGreaterThan(0);
      lines.push(`${name}: ${count} values`);
    });
  }
  afterAll(() => {
    process.stdout.write(`${lines.join("\n")}\n`);
  });
}

export interface CdfPoint {
  readonly t_ms: number;
  readonly cdf?: number;
  readonly ccdf?: number;
  readonly cdf_wait?: number;
}

/** The points of `cdf`, and the quantiles: where the slope is f, an error of 1e-9 in F moves a quantile by 1e-9/f. */
export function checkLaw(file: OracleFile, tail: (t: number) => number, close: Close, error: number): void {
  checkPoints(file.outputs.cdf, tail, close, error);
  checkQuantiles(file.outputs.quantiles_ms, tail, close, error);
}

export function checkPoints(
  points: readonly CdfPoint[] | undefined,
  tail: (t: number) => number,
  close: Close,
  error: number,
): void {
  for (const { t_ms: t, cdf, ccdf, cdf_wait: cdfWait } of points ?? []) {
    close(`F(${t} ms)`, 1 - tail(t), cdf ?? cdfWait ?? Number.NaN, error);
    if (ccdf !== undefined) close(`1 − F(${t} ms)`, tail(t), ccdf, error);
  }
}

export function checkQuantiles(
  quantiles: Readonly<Record<string, number>> | undefined,
  tail: (t: number) => number,
  close: Close,
  error: number,
): void {
  for (const [name, wanted] of Object.entries(quantiles ?? {})) {
    const cdf = (t: number): number => 1 - tail(t);
    const { at } = quantileOf({ cdf, atoms: [], scale: Math.max(wanted, 1) }, levelOf(name));
    const slope = (tail(wanted * 0.999) - tail(wanted * 1.001)) / (0.002 * wanted);
    close(name, at, wanted, wanted === 0 ? 0 : 1e-8 * wanted + error / slope);
  }
}

/** Every number of `outputs` that `known` names, to a relative error. */
export function checkNumbers(
  outputs: OracleFile["outputs"],
  known: Readonly<Record<string, number | null>>,
  close: Close,
  { relative, absolute = 0 }: { readonly relative: number; readonly absolute?: number },
): void {
  for (const [name, actual] of Object.entries(known)) {
    const wanted = (outputs as Readonly<Record<string, unknown>>)[name];
    if (typeof wanted === "number" && actual !== null)
      close(name, actual, wanted, absolute + relative * Math.abs(wanted));
  }
}

/** Fails on anything but Poisson arrivals of single requests. */
export function poissonRate(file: OracleFile): number {
  const input = file.inputs.arrivals;
  if (input.type !== "poisson") throw new Error(`unknown arrivals in ${file.id}: ${input.type}`);
  return input.rate_per_ms;
}

/** The rate of an exponential law; Infinity for zero, 0 for never. */
export function exponentialRate(input: OracleLaw, file: OracleFile): number {
  if (input.type === "zero") return Infinity;
  if (input.type.startsWith("infinite")) return 0;
  if (input.type !== "exponential") throw new Error(`unknown law in ${file.id}: ${input.type}`);
  return 1 / input.mean_ms;
}
