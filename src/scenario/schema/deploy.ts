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
  .refine((text) => /@sha256:|:[^/]+$/.test(text), 'name a tag or a digest: without one, "latest" is meant');

/** What `coldcast deploy` puts into a cluster for a target. */
export const deploy = mapping(
  {
    as: word(["knative", "spinkube", "deployment"]).optional(),
    image: image.optional(),
    namespace: label(dns).default("coldcast"),
    runtimeClass: label(dns).optional(),
    port: count(1, 65535).optional(),
    cpu: positiveNumber().default(0.1),
    replicas: count(0).optional(),
    roundsPerSecond: within(1, 1e12).optional(),
    env: z.record(z.string(), z.string("write a string"), "write a mapping of strings").optional(),
    dispatch: word(["trigger", "kafkaSource", "broker"]).optional(),
  },
  { what: "how to deploy: as, image, namespace, runtimeClass, port, cpu, replicas, roundsPerSecond, env, dispatch" },
);
