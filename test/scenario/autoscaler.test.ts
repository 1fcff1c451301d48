import { describe, expect, it } from "vitest";
import { issuesOf } from "./issuesOf.ts";

const hpa = { kind: "hpa", metric: "cpu", target: 0.5, max: 3 };
const kafka = { kind: "keda", trigger: "kafka", partitions: 4 };
const http = { kind: "keda", trigger: "http" };
const place = "targets.pods.autoscaler";
const issues = (autoscaler: object) =>
  issuesOf({ targets: { pods: { kind: "spinkube", autoscaler } } }).map((issue) => issue.replace(`${place}.`, ""));

describe("an autoscaler", () => {
  it.each<[string, object]>([
    ["an HPA on cpu up to ten times what a pod requests", { ...hpa, target: 10 }],
    ["an HPA on requests with any target", { ...hpa, metric: "rps", target: 50 }],
    ["an HPA that is held at one number", { ...hpa, min: 3 }],
    ["KEDA that looks every second", { ...http, pollingInterval: "1s" }],
    ["KEDA that is held at one number", { ...kafka, min: 3, max: 3 }],
    ["KEDA with fewer pods without activity", { ...http, idle: 0, min: 1 }],
    [
      "KEDA that leaves consumers idle",
      { ...kafka, allowIdleConsumers: true, ensureEvenDistributionOfPartitions: true },
    ],
    ["KEDA that counts partitions with lag", { ...kafka, limitToPartitionsWithLag: true }],
    ["KEDA on some of the partitions", { ...kafka, partitionLimitation: "1-4,8" }],
    ["the longest windows", { ...hpa, behavior: { scaleUp: { stabilizationWindowSeconds: 3600 } } }],
  ])("may be %s", (_, autoscaler) => {
    expect(issues(autoscaler)).toEqual([]);
  });

  const together = "limitToPartitionsWithLag: cannot be set together with";
  it.each<[object, string]>([
    [{ ...hpa, target: 10.5 }, "target: is a share of the pod's cores; write 0.6 for 60 %"],
    [{ ...hpa, target: 0 }, "target: must be more than 0"],
    [{ ...hpa, min: 4 }, "min: must not be more than max"],
    [{ ...kafka, min: 4, max: 3 }, "min: must not be more than max"],
    [{ ...http, min: 4, max: 3 }, "min: must not be more than max"],
    [{ ...kafka, min: 2, idle: 2 }, "idle: must be less than min"],
    [{ ...http, idle: 0 }, "idle: must be less than min"],
    [{ ...http, pollingInterval: "999ms" }, "pollingInterval: must be 1s or more"],
    [{ ...kafka, limitToPartitionsWithLag: true, allowIdleConsumers: true }, `${together} allowIdleConsumers`],
    [
      { ...kafka, limitToPartitionsWithLag: true, ensureEvenDistributionOfPartitions: true },
      `${together} ensureEvenDistributionOfPartitions`,
    ],
    [{ ...kafka, partitionLimitation: "4-1" }, 'partitionLimitation: write partitions such as "1-4,8"'],
    [{ ...kafka, partitionLimitation: "1-x" }, 'partitionLimitation: write partitions such as "1-4,8"'],
    [{ ...kafka, partitionLimitation: 3 }, 'partitionLimitation: write partitions such as "1-4,8"'],
    [{ ...kafka, dispatch: { consumers: 0, inFlight: 1 } }, "dispatch.consumers: must be 1 or more"],
  ])("is refused: %j", (autoscaler, message) => {
    expect(issues(autoscaler)).toEqual([message]);
  });
});
