import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { InputError } from "../../src/base/check.ts";
import { answerFromJson, answerToJson, jsonText } from "../../src/report/json.ts";
import { type Answer, exactly } from "../../src/scenario/answer.ts";
import { answerOf, draws, exactLatency, sampleLatency, targetAnswer } from "./fixtures/answers.ts";

const schema = JSON.parse(readFileSync(new URL("../reference/answer.schema.json", import.meta.url), "utf8"));
const validate = new Ajv2020({ allErrors: true }).compile(schema);

const live = answerOf("live", [
  targetAnswer({
    name: "waas",
    kind: "spinkube",
    from: "live",
    latency: sampleLatency(draws({ kind: "exponential", mean: 0.02 }, 500, "live")),
  }),
]);
const model = answerOf("model", [
  targetAnswer({
    name: "single",
    kind: "server",
    from: "model",
    latency: exactLatency({ kind: "exponential", mean: 0.02 }),
  }),
  { name: "faas", kind: "knative", status: "unavailable", reason: "no model of the autoscaler yet" },
]);

describe("answer JSON", () => {
  it.each([
    ["live", live],
    ["model", model],
  ] as const)("of %s meets the schema and reads back the same", (_name, answer) => {
    const text = answerToJson(answer);
    expect(validate(JSON.parse(text)), JSON.stringify(validate.errors)).toBe(true);
    expect(answerFromJson(text)).toEqual(answer);
    expect(answerToJson(answerFromJson(text))).toBe(text);
  });

  it('writes an infinite figure as "Infinity" and an unknown one as null', () => {
    const target = {
      ...live.targets[0]!,
      overhead: exactly(Infinity),
      cold: { ...(live.targets[0] as never as { cold: object }).cold, probability: exactly(Number.NaN) },
    };
    const text = answerToJson({ ...live, targets: [target as never] });
    expect(text).toContain('"overhead": { "value": "Infinity", "low": "Infinity", "high": "Infinity" }');
    expect(text).toContain('"probability": { "value": null, "low": null, "high": null }');
    expect(validate(JSON.parse(text)), JSON.stringify(validate.errors)).toBe(true);
    const back = answerFromJson(text).targets[0] as never as { overhead: unknown; cold: { probability: unknown } };
    expect(back.overhead).toEqual(exactly(Infinity));
    expect(back.cold.probability).toEqual(exactly(Number.NaN));
  });

  it("puts lists of numbers on one line and leaves strings alone", () => {
    expect(
      jsonText({ a: [1, 2.5e-7, Infinity], s: "[\n 1\n]", e: { value: 1, low: 0, high: 2 }, none: [], o: { t: "x" } }),
    ).toBe(
      '{\n "a": [1, 2.5e-7, "Infinity"],\n "s": "[\\n 1\\n]",\n "e": { "value": 1, "low": 0, "high": 2 },\n "none": [],\n "o": {\n  "t": "x"\n }\n}\n',
    );
  });

  it("keeps keys it does not know and fills in what may be left out", () => {
    const read = answerFromJson(JSON.stringify({ ...minimal(), extra: { a: 1 } })) as Answer & { extra: unknown };
    expect(read.extra).toEqual({ a: 1 });
    expect(read.targets[0]).toMatchObject({
      counts: null,
      timeline: null,
      latency: { buckets: [], curve: { seconds: [] } },
    });
  });

  it("names every problem with its path", () => {
    const broken = minimal() as { seed: unknown; targets: { latency: { quantiles: unknown[] } }[] };
    broken.seed = "7";
    broken.targets[0]!.latency.quantiles = [{ q: 1.5, value: { value: 1, low: 1, high: "much" } }];
    const error = caught(() => answerFromJson(JSON.stringify(broken), "live.json"));
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toMatchInlineSnapshot(`
      "live.json: seed: invalid input: expected number, received string
      live.json: targets[0].latency.quantiles[0].q: too big: expected number to be <=1
      live.json: targets[0].latency.quantiles[0].value.high: must be a number, "Infinity" or null"
    `);
  });

  it("says when a text is not JSON or not an answer", () => {
    expect(() => answerFromJson("{", "x.json")).toThrow(/^x\.json: is not JSON: /);
    expect(() => answerFromJson("[]", "x.json")).toThrow(InputError);
    expect(() => answerFromJson("null", "x.json")).toThrow(InputError);
  });
});

function minimal(): object {
  const one = exactly(1);
  return {
    coldcast: 1,
    from: "import",
    scenario: "x",
    seed: 1,
    provenance: { version: "0", scenarioSha256: "" },
    targets: [
      {
        name: "a",
        kind: "server",
        method: "imported",
        status: "measured",
        stable: true,
        latency: { mean: one, quantiles: [] },
        breakdown: { network: null, cold: null, start: null, queue: null, work: null },
        overhead: one,
        cold: { probability: null },
        instances: { total: null },
      },
    ],
  };
}

function caught(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}

describe("a record of numbers that ends in something else", () => {
  it("is written at once, however long its numbers", () => {
    const row = { q: 0.99, predicted: 0.014912345678901234, measured: 0.015123456789012345, ratio: { value: 1 } };
    expect(jsonText({ rows: [row, row] })).toContain('"ratio": { "value": 1 }');
  });
});
