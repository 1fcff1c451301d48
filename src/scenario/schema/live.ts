import { z } from "zod";
import { deploy } from "./deploy.ts";
import { mapping, word } from "./fields.ts";

const text = () => z.string("write a string");
const texts = () => z.record(z.string(), text(), "write a mapping of strings");

/** How a replay sends a target's requests; what is left out is left to the platform's adapter. */
export const live = mapping(
  {
    url: text().optional(),
    method: text()
      .regex(/^[A-Z]+$/, 'write an HTTP method in capitals, such as "GET"')
      .optional(),
    path: text().startsWith("/", 'must begin with "/"').optional(),
    query: texts().optional(),
    headers: texts().optional(),
    body: text().optional(),
    http: word(["1.1", "2"]).optional(),
    connections: word(["pooled", "perRequest"]).optional(),
    ca: text().includes("-----BEGIN CERTIFICATE-----", { error: "write a certificate in PEM form" }).optional(),
    insecure: z.boolean("write true or false").optional(),
    wasmHost: word(["wasmtime", "v8"]).optional(),
    deploy: deploy.optional(),
  },
  {
    what: "how to send a request: url, method, path, query, headers, body, http, connections, ca, insecure, wasmHost, deploy",
  },
).refine(({ http, connections }) => !(http === "2" && connections === "perRequest"), {
  error: "HTTP/2 shares connections between requests; leave one of the two out",
  path: ["connections"],
});
