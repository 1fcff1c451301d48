import { writeFileSync } from "node:fs";
import { source } from "../../../src/random/source.ts";

// Flows as `hubble observe -o jsonpb` writes them, made after Cilium's flow.proto and its parser of L7 records; no Hubble was run:
//   node test/report/importers/writeHubble.ts

const uniform = source(1, "hubble");
const began = Date.UTC(2026, 10, 20, 9, 0, 0);

/** An instant as the protocol's JSON has it: with 0, 3, 6 or 9 digits. */
function timeText(us: number): string {
  const whole = new Date(began + Math.floor(us / 1e3)).toISOString().slice(0, -1);
  const rest = Math.round(us % 1e3);
  return rest === 0 ? `${whole}Z` : `${whole}${String(rest).padStart(3, "0")}Z`;
}

const endpoint = (id: number, namespace: string, pod: string, workload: string) => ({
  ID: id,
  identity: 10_000 + id,
  namespace,
  labels: [`k8s:app=${workload}`, `k8s:io.kubernetes.pod.namespace=${namespace}`],
  pod_name: pod,
  workloads: [{ name: workload, kind: "Deployment" }],
});
const client = { ...endpoint(7, "lab", "sender-0", "sender"), ip: "10.0.1.7" };
const servers = [
  { ...endpoint(21, "coldcast", "waas-54d47f59b7-g2xvv", "waas"), ip: "10.0.2.21" },
  { ...endpoint(22, "coldcast", "faas-7967fd88d4-w8pds", "faas"), ip: "10.0.2.22" },
];
const broker = { ...endpoint(30, "kafka", "coldcast-kafka-0", "coldcast-kafka"), ip: "10.0.2.30" };

interface Half {
  readonly at: number;
  readonly direction: "EGRESS" | "INGRESS";
  readonly isReply: boolean;
  readonly port: number;
  readonly server: typeof client;
  readonly serverPort: number;
  readonly l7: object;
  readonly verdict?: string;
}

function flowLine({
  at,
  direction,
  isReply,
  port,
  server,
  serverPort,
  l7,
  verdict = "FORWARDED",
}: Half): [number, string] {
  const { ip: clientIp, ...from } = client;
  const { ip: serverIp, ...to } = server;
  const [source, destination] = isReply ? [to, from] : [from, to];
  const [sourceIp, destinationIp] = isReply ? [serverIp, clientIp] : [clientIp, serverIp];
  const [sourcePort, destinationPort] = isReply ? [serverPort, port] : [port, serverPort];
  const node = direction === "EGRESS" ? "node-a" : "node-b";
  const flow = {
    time: timeText(at),
    uuid: Array.from({ length: 8 }, () =>
      Math.floor(65_536 * uniform())
        .toString(16)
        .padStart(4, "0"),
    ).join(""),
    verdict,
    IP: { source: sourceIp, destination: destinationIp, ipVersion: "IPv4" },
    l4: { TCP: { source_port: sourcePort, destination_port: destinationPort } },
    source,
    destination,
    Type: "L7",
    node_name: node,
    l7,
    event_type: { type: 129 },
    traffic_direction: direction,
    is_reply: isReply,
  };
  return [at, JSON.stringify({ flow, node_name: node, time: flow.time })];
}

/** One request by HTTP; its client's proxy on top of the server's adds the network. */
function http(i: number, { withIds, bothSides }: { withIds: boolean; bothSides: boolean }): [number, string][] {
  const server = servers[i % 2]!;
  const at = 20_000 * i;
  const work = Math.round(5000 + 10_000 * uniform());
  const [there, back] = [Math.round(200 + 200 * uniform()), Math.round(200 + 200 * uniform())];
  const code = i % 25 === 24 ? 500 : 200;
  const isDenied = i % 50 === 30;
  const id = `00000000-0000-4000-8000-${String(i).padStart(12, "0")}`;
  const headers = withIds
    ? [
        { key: "Ce-Id", value: String(i) },
        { key: "Traceparent", value: `00-${id.replaceAll("-", "")}-${String(i + 1).padStart(16, "0")}-01` },
        { key: "X-Request-Id", value: id },
      ]
    : [];
  const url = `http://${server.workloads[0]!.name}.coldcast/`;
  const asked = { method: "POST", url, protocol: "HTTP/1.1", headers };
  const half = (direction: Half["direction"], from: number, to: number): [number, string][] => {
    const place = { direction, server, serverPort: 8080, port: 40_000 + (i % 8) + (direction === "EGRESS" ? 0 : 100) };
    const request = { type: "REQUEST", http: asked };
    if (isDenied) return [flowLine({ ...place, at: from, isReply: false, l7: request, verdict: "DROPPED" })];
    const latency = withIds ? { latency_ns: String((to - from) * 1000) } : {};
    const response = { type: "RESPONSE", ...latency, http: { code, ...asked } };
    const asks = flowLine({ ...place, at: from, isReply: false, l7: request });
    // The last one is still under way when the observer ends.
    return i === 39 ? [asks] : [asks, flowLine({ ...place, at: to, isReply: true, l7: response })];
  };
  const end = at + there + work + back;
  const inner = isDenied && bothSides ? [] : half("INGRESS", at + there, at + there + work);
  return [...(bothSides ? half("EGRESS", at, end) : []), ...inner];
}

function kafka(i: number): [number, string][] {
  const at = 50_000 * i + 7000;
  const call = { api_version: 9, api_key: "produce", ...(i === 0 ? {} : { correlation_id: i }), topic: "camera.raw" };
  const place = { direction: "INGRESS", server: broker, serverPort: 9092, port: 50_000 } as const;
  return [
    flowLine({ ...place, at, isReply: false, l7: { type: "REQUEST", kafka: call } }),
    flowLine({
      ...place,
      at: at + 1000 + 100 * i,
      isReply: true,
      l7: { type: "RESPONSE", kafka: i === 9 ? { error_code: 7, ...call } : call },
    }),
  ];
}

function write(file: string, flows: readonly [number, string][], before: readonly object[] = []): void {
  const lines = flows.toSorted(([a], [b]) => a - b).map(([, line]) => line);
  const text = [...before.map((each) => JSON.stringify(each)), ...lines].join("\n");
  writeFileSync(`test/report/importers/files/${file}`, `${text}\n`);
}

const indices = Array.from({ length: 40 }, (_, i) => i);
const packet = {
  flow: {
    time: timeText(0),
    verdict: "FORWARDED",
    Type: "L3_L4",
    node_name: "node-a",
    event_type: { type: 4, sub_type: 3 },
    traffic_direction: "EGRESS",
    trace_observation_point: "TO_STACK",
    is_reply: false,
  },
};
const status = {
  node_status: { state_change: "NODE_CONNECTED", node_names: ["node-a", "node-b"] },
  node_name: "relay",
};
const lost = { lost_events: { source: "HUBBLE_RING_BUFFER", num_events_lost: "3" }, node_name: "node-b" };
write(
  "hubble.ndjson",
  [
    ...indices.flatMap((i) => http(i, { withIds: true, bothSides: true })),
    ...Array.from({ length: 10 }, (_, i) => kafka(i)).flat(),
  ],
  [status, packet, lost],
);
write(
  "hubble-no-ids.ndjson",
  indices.flatMap((i) => http(i, { withIds: false, bothSides: i % 3 !== 0 })),
);
