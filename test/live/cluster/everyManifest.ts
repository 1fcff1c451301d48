import { senderJob, sweepJob } from "../../../src/live/cluster/jobManifests.ts";
import { manifests } from "../../../src/live/cluster/manifests.ts";
import { parseScenario } from "../../../src/scenario/parse.ts";

const image = "dev.local/coldcast-work:0.1.0";

const wasm = 'as: deployment, image: "dev.local/coldcast-work-wasm:0.1.0", runtimeClass: wasmtime';
const byLag = "autoscaler: { kind: keda, trigger: kafka, partitions: 6, max: 6, min: 0 }";

/** The stages of a pipeline whose events end at a function. */
const pipelineTo = (trigger: string, last: string): string => `[
      { kind: produce, name: camera.raw, partitions: 6, by: origin },
      { kind: aggregator, work: 1ms },
      { kind: produce, name: camera.enriched, partitions: 6, by: origin },
      { kind: trigger, consumers: 2, ${trigger}, retries: { maxAttempts: 5 } },
      ${last},
    ]`;

/** A target of every form that has one in Kubernetes, with every field that ends up in a manifest. */
export const everyTarget = `
name: Every_form
duration: 10min
arrivals: { kind: poisson, rate: 10/s }
work: 10ms
targets:
  server: { kind: server, servers: 2, concurrency: 4, memory: 64MiB, live: { deploy: { image: "${image}", cpu: 0.25, env: { A: "yes" } } } }
  own-function: { kind: server, live: { path: "/x?ms={workMs}", deploy: { image: "${image}", port: 3000 } } }
  faas:
    kind: knative
    containerConcurrency: 1
    scaleToZeroGracePeriod: 60s
    live: { deploy: { image: "${image}", roundsPerSecond: 2e8 } }
  faas-on-cpu:
    kind: knative
    autoscaler: { kind: hpa, metric: cpu, target: 0.6, max: 8 }
    live: { deploy: { image: "${image}" } }
  faas-by-lag:
    kind: knative
    autoscaler: { kind: keda, trigger: kafka, partitions: 6, max: 6 }
    live: { deploy: { as: deployment, image: "${image}" } }
  waas:
    kind: spinkube
    replicas: 2
    checks: { readiness: { initialDelay: 1s, period: 2s } }
    live: { deploy: { image: "ghcr.io/me/work-spin:1.0", namespace: spin } }
  waas-by-lag:
    kind: spinkube
    autoscaler:
      kind: keda
      trigger: kafka
      partitions: 12
      min: 0
      max: 12
      pollingInterval: 2s
      lagThreshold: 5
      partitionLimitation: "1-4,8"
      fallback: { failureThreshold: 3, replicas: 4 }
      behavior: { scaleDown: { stabilizationWindowSeconds: 0, policies: [{ type: Percent, value: 100, periodSeconds: 15 }] } }
    live: { deploy: { image: "ghcr.io/me/work-spin:1.0", namespace: spin } }
  wasm:
    kind: spinkube
    autoscaler: { kind: hpa, metric: cpu, target: 0.6, min: 2, max: 8, behavior: { scaleUp: { tolerance: 0.05 } } }
    live: { deploy: { ${wasm} } }
  by-source:
    kind: pipeline
    stages: ${pipelineTo("inFlight: 8", `{ kind: spinkube, timeout: 20s, ${byLag}, live: { deploy: { ${wasm}, dispatch: kafkaSource } } }`)}
  by-broker:
    kind: pipeline
    stages: ${pipelineTo("inFlight: 1", `{ kind: knative, live: { deploy: { image: "${image}", dispatch: broker } } }`)}
  by-broker-too:
    kind: pipeline
    stages: ${pipelineTo("inFlight: 8", `{ kind: spinkube, ${byLag}, live: { deploy: { ${wasm}, dispatch: broker } } }`)}
  by-rate:
    kind: spinkube
    autoscaler: { kind: hpa, metric: rps, target: 12.5, max: 8 }
    live: { deploy: { ${wasm}, replicas: 0 } }
`;

const scenario = parseScenario(everyTarget);
const job = { namespace: "coldcast", image: "registry.example.com/coldcast:0.1.0", count: 3 };

export const everyManifest = () => manifests(scenario);
export const everyJob = () => [...senderJob(scenario, job), ...sweepJob(scenario, ["arrivals.rate=1/s,2/s"], job)];
