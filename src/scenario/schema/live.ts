import { z } from "zod";
import { deploy } from "./deploy.ts";
import { flag, mapping, word } from "./fields.ts";

const text = () => z.string("write a string");
const texts = () => z.record(z.string(), text(), "write a mapping of strings");

/** How a replay sends a target's requests; what is left out is left to the platform's adapter. */
export const live = mapping(
  {
    url: text()
      .optional()
      .meta({
        description: "The address that a replay sends to, where the command names no place.",
        examples: ["https://work.example.com"],
      }),
    method: text()
      .regex(/^[A-Z]+$/, 'write an HTTP method in capitals, such as "GET"')
      .optional()
      .meta({ description: "The HTTP method, in capitals; POST where nothing is said.", examples: ["GET"] }),
    path: text()
      .startsWith("/", 'must begin with "/"')
      .optional()
      .meta({
        description: "The path of the request.",
        examples: ["/sleep?ms={workMs}"],
      }),
    query: texts()
      .optional()
      .meta({ description: "Query parameters.", examples: [{ ms: "{workMs}" }] }),
    headers: texts()
      .optional()
      .meta({
        description: "Further headers; a Host header goes out as written.",
        examples: [{ Authorization: "Bearer abc" }],
      }),
    body: text()
      .optional()
      .meta({
        description: "The body, in place of the CloudEvent's data.",
        examples: ['{ "ms": {workMs} }'],
      }),
    http: word(["1.1", "2"])
      .optional()
      .describe("The version of HTTP: 1.1 by default; 2 is negotiated over TLS and spoken at once without (h2c)."),
    connections: word(["pooled", "perRequest"])
      .optional()
      .describe("pooled, the default: kept alive and used again; perRequest: a new one for each."),
    ca: text()
      .includes("-----BEGIN CERTIFICATE-----", { error: "write a certificate in PEM form" })
      .optional()
      .meta({
        description: "A certificate authority to trust in place of the system's, as PEM text.",
        examples: ["-----BEGIN CERTIFICATE-----\n…\n-----END CERTIFICATE-----"],
      }),
    insecure: flag().optional().describe("Whether any certificate is taken."),
    wasmHost: word(["wasmtime", "v8"])
      .optional()
      .describe("What runs a spinkube target on the embedded rig; by default Wasmtime where it is built, else V8."),
    deploy: deploy.optional(),
  },
  {
    what: "how to send a request: url, method, path, query, headers, body, http, connections, ca, insecure, wasmHost, deploy",
  },
)
  .refine(({ http, connections }) => !(http === "2" && connections === "perRequest"), {
    error: "HTTP/2 shares connections between requests; leave one of the two out",
    path: ["connections"],
  })
  .meta({
    id: "Live",
    description:
      "How a replay sends the target's requests; {workMs}, {workSeconds}, {id} and {scheduledAt} are filled in everywhere but in the method.",
  });
