import { formatDuration } from "../src/base/units.ts";

/** What a reader can ask about: one kind of target, or WebAssembly beside containers. */
export const choices = {
  both: "WaaS beside FaaS",
  spinkube: "SpinKube (WaaS)",
  knative: "Knative (FaaS)",
  perRequest: "scale per request",
  server: "one server or several",
} as const;
export type Choice = keyof typeof choices;

/** One slider: a number of the scenario and the values it can take. */
export interface Control {
  readonly key: string;
  readonly name: string;
  /** Times in seconds, rates per second. */
  readonly low: number;
  readonly high: number;
  readonly scale: "linear" | "logarithmic" | "whole";
  readonly initial: number;
  /** Only for these; for all where absent. */
  readonly of?: readonly Choice[];
  text(value: number): string;
}

const number = (value: number): string => String(value);
const rate = (value: number): string => `${value}/s`;
const waas = ["both", "spinkube"] as const;
const faas = ["both", "knative"] as const;
const starting = ["perRequest", "server"] as const;
const shortest = 1e-6;

/** A slider over orders of magnitude of time. */
function time<const K extends string>(control: Omit<Control, "scale" | "text"> & { readonly key: K }) {
  return { ...control, scale: "logarithmic", text: formatDuration } as const;
}

/** All sliders, in the order of the page. */
export const controls = [
  { key: "rate", name: "requests", low: 0.1, high: 500, scale: "logarithmic", initial: 20, text: rate },
  { key: "peak", name: "burst: peak ÷ mean", low: 1, high: 9, scale: "linear", initial: 4, text: number },
  time({ key: "burst", name: "burst: how long", low: 0.1, high: 60, initial: 5 }),
  time({ key: "work", name: "work of a request", low: 1e-4, high: 2, initial: 0.012 }),
  { key: "scv", name: "work: scatter (scv)", low: 0, high: 4, scale: "linear", initial: 0.4, text: number },
  {
    key: "network",
    name: "network, round trip",
    low: 0,
    high: 0.2,
    scale: "linear",
    initial: 0.002,
    text: formatDuration,
  },
  { key: "waasReplicas", name: "Wasm: pods", low: 1, high: 32, scale: "whole", initial: 2, of: waas, text: number },
  time({ key: "instanceStart", name: "Wasm: instance start", low: shortest, high: 0.1, initial: 5e-4, of: waas }),
  {
    key: "workFactor",
    name: "Wasm: slower by a factor of",
    low: 1,
    high: 3,
    scale: "linear",
    initial: 1.2,
    of: waas,
    text: number,
  },
  {
    key: "instancesMax",
    name: "Wasm: at once, per pod",
    low: 1,
    high: 256,
    scale: "whole",
    initial: 64,
    of: waas,
    text: number,
  },
  time({ key: "podStart", name: "pods: cold start", low: 0.01, high: 20, initial: 1.8, of: faas }),
  {
    key: "containerConcurrency",
    name: "pods: requests at once",
    low: 0,
    high: 100,
    scale: "whole",
    initial: 1,
    of: faas,
    text: (value) => (value === 0 ? "no limit" : number(value)),
  },
  { key: "minScale", name: "pods: at least", low: 0, high: 32, scale: "whole", initial: 0, of: faas, text: number },
  {
    key: "maxScale",
    name: "pods: at most",
    low: 0,
    high: 64,
    scale: "whole",
    initial: 0,
    of: faas,
    text: (value) => (value === 0 ? "no limit" : number(value)),
  },
  time({ key: "stableWindow", name: "pods: stable window", low: 6, high: 600, initial: 60, of: faas }),
  time({ key: "coldStart", name: "cold start", low: 1e-3, high: 20, initial: 0.4, of: starting }),
  time({ key: "keepAlive", name: "keep-alive", low: 0.01, high: 3600, initial: 10, of: starting }),
  {
    key: "instances",
    name: "instances at most",
    low: 1,
    high: 64,
    scale: "whole",
    initial: 16,
    of: ["perRequest"],
    text: number,
  },
  { key: "servers", name: "instances", low: 1, high: 16, scale: "whole", initial: 1, of: ["server"], text: number },
  {
    key: "concurrency",
    name: "requests at once (one instance)",
    low: 1,
    high: 64,
    scale: "whole",
    initial: 1,
    of: ["server"],
    text: number,
  },
  time({ key: "objective", name: "objective", low: 1e-3, high: 10, initial: 0.1 }),
] as const satisfies readonly Control[];
export type Key = (typeof controls)[number]["key"];

const steps = 120;

/** The values a slider can take, in order: what a reader would write, each only once, the initial one among them. */
export function gridOf({ low, high, scale, initial }: Control): readonly number[] {
  const values = Array.from({ length: scale === "whole" ? high - low + 1 : steps + 1 }, (_, i) => {
    if (scale === "whole") return low + i;
    const share = i / steps;
    return scale === "linear"
      ? Number((low + share * (high - low)).toPrecision(3))
      : Number((low * (high / low) ** share).toPrecision(2));
  });
  return [...new Set([...values, initial])].sort((a, b) => a - b);
}

/** The place of the value on the slider that is nearest; the ends for what lies beyond them. */
export function positionOf(control: Control, value: number): number {
  const measure = control.scale === "logarithmic" ? Math.log : (x: number) => x;
  const wanted = measure(Math.min(control.high, Math.max(control.low, value)));
  const distances = gridOf(control).map((one) => Math.abs(measure(one) - wanted));
  return distances.indexOf(Math.min(...distances));
}

/** Whether the slider has a say. */
export const isOf = ({ of }: Control, choice: Choice): boolean => of?.includes(choice) ?? true;
