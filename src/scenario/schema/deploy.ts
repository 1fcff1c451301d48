import { z } from "zod";
import { count, mapping, positiveNumber, within, word } from "./fields.ts";

const label = (message: string) => z.string(message).regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, message);
const dns = "write a DNS label: up to 63 small letters, digits and dashes";

/** A registry, a path, and a tag or a digest: what `latest` means changes under a running measurement. */
const image = z
  .string("write an image, such as ghcr.io/me/work:1.0")
  .regex(
    /^[a-z0-9][a-z0-9.-]*(:\d+)?(\/[a-z0-9._-]+)*(:(?!latest(@|$))[\w][\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$/,
    'write an image with a tag other than "latest", such as ghcr.io/me/work:1.0',
  )
  .refine(
    (text) => text.slice(text.lastIndexOf("/") + 1).includes(":"),
    'name a tag or a digest: without one, "latest" is meant',
  );

/** What `coldcast deploy` puts into a cluster for a target. */
export const deploy = mapping(
  {
    as: word(["knative", "spinkube", "deployment"])
      .optional()
      .describe(
        "The objects: a Knative Service, a SpinApp, or a Deployment with a Service; by default what the target's kind is.",
      ),
    image: image.optional().meta({
      description: "The container or OCI artifact; needed to deploy. A tag other than latest, or a digest.",
      examples: ["ghcr.io/me/work:1.0"],
    }),
    namespace: label(dns).default("coldcast").describe("The Kubernetes namespace."),
    runtimeClass: label(dns)
      .optional()
      .meta({
        description: "The pods' RuntimeClass; by default none, and wasmtime-spin-v2 for a SpinApp.",
        examples: ["wasmtime-spin-v2"],
      }),
    port: count(1, 65535)
      .optional()
      .meta({
        description: "Where the function listens; by default 8080, for Spin 80.",
        examples: [8080],
      }),
    cpu: positiveNumber()
      .default(0.1)
      .describe("Cores that the scheduler sets aside per pod (requests.cpu); the target's cores are the limit."),
    replicas: count(0)
      .optional()
      .describe("Pods to begin with, in place of what the target says; with 0 the replay's first request starts them."),
    roundsPerSecond: within(1, 1e12)
      .optional()
      .meta({
        description:
          "Hash rounds that a second of cpu work stands for, the same for every runtime; 250 million where nothing is said.",
        examples: [250e6],
      }),
    env: z
      .record(z.string(), z.string("write a string"), "write a mapping of strings")
      .optional()
      .meta({
        description: "Further environment variables of the container.",
        examples: [{ LOG_LEVEL: "warn" }],
      }),
    dispatch: word(["trigger", "kafkaSource", "broker"])
      .optional()
      .describe(
        "Who calls a pipeline's function: the pipeline's own trigger, the default, or Knative Eventing's KafkaSource or Broker.",
      ),
  },
  { what: "how to deploy: as, image, namespace, runtimeClass, port, cpu, replicas, roundsPerSecond, env, dispatch" },
).meta({ id: "Deploy", description: "What coldcast deploy puts into a cluster for the target." });
