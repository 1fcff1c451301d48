import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { TargetError } from "../base/check.ts";
import { type Kubernetes, openKubernetes } from "./cluster/kubernetes.ts";
import { fieldAt, type ObjectKind } from "./cluster/kubernetesObject.ts";
import { findGateway } from "./targets/gateway.ts";
import { connectOnce } from "./targets/http.ts";

/** One thing that was looked for. */
export interface Finding {
  readonly what: string;
  readonly found: boolean;
  /** Which, where, what version; or what is in the way. */
  readonly detail: string;
  /** What it is for. */
  readonly allows: string;
}

/** What the doctor looks at; the machine's own by default. */
export interface DoctorInput {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly open?: () => Promise<Kubernetes>;
}

/**
 * What is reachable from here, and what that allows. Nothing is changed, and nothing found missing is an error.
 *
 * @returns findings in a fixed order; each takes a few seconds at most
 */
export async function examine({ env = process.env, open = openPatiently }: DoctorInput = {}): Promise<Finding[]> {
  const programs = await Promise.all(programsSought.map((sought) => program(sought, env)));
  return [
    { what: "Node", found: true, detail: process.versions.node, allows: "predict, simulate, the embedded rig" },
    ...(await clusterFindings(open)),
    await kafka(env, programs),
    ...programs,
  ];
}

// A doctor's patient may be away; it is not waited for long.
const openPatiently = (): Promise<Kubernetes> => openKubernetes({ patienceSeconds: 3 });

interface SoughtKind extends ObjectKind {
  readonly what: string;
  readonly allows: string;
}

const kindsSought: readonly SoughtKind[] = [
  {
    what: "Knative Serving",
    apiVersion: "serving.knative.dev/v1",
    kind: "Service",
    allows: "knative:NS/NAME, deploy of knative targets",
  },
  {
    what: "SpinKube",
    apiVersion: "core.spinkube.dev/v1alpha1",
    kind: "SpinApp",
    allows: "spinkube:NS/NAME, deploy of spinkube targets",
  },
  { what: "KEDA", apiVersion: "keda.sh/v1alpha1", kind: "ScaledObject", allows: "autoscaler: keda" },
  { what: "Strimzi", apiVersion: "kafka.strimzi.io/v1", kind: "KafkaTopic", allows: "Kafka topics by manifests" },
  { what: "Cilium", apiVersion: "cilium.io/v2", kind: "CiliumNetworkPolicy", allows: "layer 7 visibility" },
];

async function clusterFindings(open: () => Promise<Kubernetes>): Promise<Finding[]> {
  const allows = "deployment:NS/NAME, deploy, undeploy";
  try {
    const kubernetes = await open();
    try {
      const version = String(fieldAt(await kubernetes.read("/version"), "gitVersion"));
      const here = { what: "Kubernetes", found: true, detail: `${version} at ${kubernetes.server}`, allows };
      const kinds = await Promise.all(kindsSought.map((sought) => kindFinding(kubernetes, sought)));
      return [here, ...kinds, await runtimeClasses(kubernetes), await gateway(kubernetes)];
    } finally {
      await kubernetes.close();
    }
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    return [{ what: "Kubernetes", found: false, detail: error.message, allows: `${allows}, knative:…, spinkube:…` }];
  }
}

async function kindFinding(kubernetes: Kubernetes, { what, allows, apiVersion, kind }: SoughtKind): Promise<Finding> {
  const found = await kubernetes.has({ apiVersion, kind });
  return { what, found, detail: found ? `serves ${kind} in ${apiVersion}` : `no ${kind} in ${apiVersion}`, allows };
}

async function runtimeClasses(kubernetes: Kubernetes): Promise<Finding> {
  const what = "Wasm runtime";
  const allows = "WebAssembly as pods";
  const { items } = await kubernetes
    .list({ apiVersion: "node.k8s.io/v1", kind: "RuntimeClass" })
    .catch(() => ({ items: [] }));
  const wasm = items.filter((each) => /wasm|spin/i.test(`${each.metadata.name} ${String(each.handler)}`));
  const names = wasm.map((each) => each.metadata.name).join(", ");
  return {
    what,
    found: wasm.length > 0,
    detail: names === "" ? "no RuntimeClass of one" : `RuntimeClass ${names}`,
    allows,
  };
}

async function gateway(kubernetes: Kubernetes): Promise<Finding> {
  const found = await findGateway(kubernetes);
  const detail =
    found === null ? "none of Kourier, Istio, Contour" : `${found.metadata.namespace}/${found.metadata.name}`;
  return { what: "Knative gateway", found: found !== null, detail, allows: "knative:NS/NAME without a live.url" };
}

interface SoughtProgram {
  readonly what: string;
  readonly names: readonly string[];
  /** Arguments that print a version; null where starting it for that is too much. */
  readonly version: readonly string[] | null;
  readonly allows: string;
}

const programsSought: readonly SoughtProgram[] = [
  {
    what: "Rust",
    names: ["cargo"],
    version: ["--version"],
    allows: "building functions/ (build.sh installs what is missing)",
  },
  {
    what: "Java",
    names: ["java"],
    version: ["-version"],
    allows: "a Kafka broker of one's own: pipeline --kafka local",
  },
  { what: "Docker", names: ["docker"], version: null, allows: "a Kafka broker of one's own; kind and k3d clusters" },
  {
    what: "Browser",
    names: ["chromium", "chromium-browser", "google-chrome"],
    version: null,
    allows: "the tests of report and notebooks",
  },
];

async function program(
  { what, names, version, allows }: SoughtProgram,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Finding> {
  const folders = (env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  const file = names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram);
  if (file === undefined) return { what, found: false, detail: `no ${names.join(" or ")} on PATH`, allows };
  const said = version === null ? "" : await firstLine(file, version);
  return { what, found: true, detail: said === "" ? file : said, allows };
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function firstLine(file: string, args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(file, [...args], { timeout: 5000 }).catch(() => ({
    stdout: "",
    stderr: "",
  }));
  return (stdout || stderr).split("\n")[0] ?? "";
}

async function kafka(
  env: Readonly<Record<string, string | undefined>>,
  programs: readonly Finding[],
): Promise<Finding> {
  const what = "Kafka";
  const allows = "pipeline against that broker";
  const bootstrap = env.KAFKA_BOOTSTRAP;
  if (bootstrap === undefined || !URL.canParse(`http://${bootstrap}`)) {
    const own = programs.filter((each) => each.found && (each.what === "Java" || each.what === "Docker"));
    const local = own.length === 0 ? "" : `; one can be started by ${own.map((each) => each.what).join(" or ")}`;
    return { what, found: false, detail: `KAFKA_BOOTSTRAP names none${local}`, allows };
  }
  const problem = await connectOnce(new URL(`http://${bootstrap}`), { timeoutMs: 3000 }).then(
    () => null,
    (error: Error) => error.message,
  );
  return { what, found: problem === null, detail: problem ?? bootstrap, allows };
}
