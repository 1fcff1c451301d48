import { describe, expect, it } from "vitest";
import { fitStarts } from "../../src/live/fitStarts.ts";
import { OutcomeLog } from "../../src/live/outcomes.ts";
import { podRecord } from "../../src/live/watch/podRecord.ts";
import { parseScenario } from "../../src/scenario/parse.ts";

const { targets } = parseScenario(`
name: starts
duration: 10s
arrivals: { kind: poisson, rate: 1/s }
work: 5ms
targets:
  single: { kind: server, coldStart: 1s, keepAlive: 1h }
  waas: { kind: spinkube, replicas: 1 }
`);

const pods = [0.5, 0.6, 0.7].map((took, i) => {
  const pod = podRecord(`pod-${i}`);
  Object.assign(pod.at, { ordered: i, created: i + 0.1, ready: i + took });
  return pod;
});
const log = new OutcomeLog({ at: Float64Array.of(), work: Float64Array.of() });

describe("starts of pods", () => {
  it("fill the field that the target has for them", () => {
    const values = [0.5, expect.closeTo(0.6), expect.closeTo(0.7)];
    expect(fitStarts(targets[0]!, { log, pods }, []).fields).toEqual({ coldStart: { kind: "empirical", values } });
    expect(fitStarts(targets[1]!, { log, pods }, []).fields).toEqual({ podStart: { kind: "empirical", values } });
  });
});
