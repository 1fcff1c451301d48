// One container by runc, of one file: namespaces of its own, a control group of its own, and a network that is one cable to the machine.
import { execFileSync, spawnSync } from "node:child_process";
import { accessSync, constants, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Container {
  readonly address: string;
  readonly pid: number;
  /** What it wrote, once it has ended. */
  end(): Promise<void>;
}

/** Why no container can be started here; null where one can. */
export function containersMissing(): string | null {
  if (process.getuid?.() !== 0) return "needs root";
  for (const program of ["runc", "ip"]) {
    if (spawnSync("which", [program]).status !== 0) return `needs ${program}`;
  }
  try {
    accessSync("/sys/fs/cgroup", constants.W_OK);
    return null;
  } catch {
    return "needs control groups that can be written";
  }
}

const ip = (...args: string[]): unknown => execFileSync("ip", args, { stdio: ["ignore", "ignore", "pipe"] });

/** Everything that a container needs besides its program; its address is the n-th of its own small network. */
function lay(n: number, program: string, args: readonly string[], env: Readonly<Record<string, string>>) {
  const id = `coldcast${process.pid}-${n}`;
  const [here, there] = [`10.231.${n}.1`, `10.231.${n}.2`];
  const cable = `cc${process.pid % 100000}-${n}`;
  const bundle = mkdtempSync(join(tmpdir(), "coldcast-bundle-"));
  mkdirSync(join(bundle, "rootfs"));
  copyFileSync(program, join(bundle, "rootfs", "program"));
  writeFileSync(join(bundle, "config.json"), JSON.stringify(configOf(id, args, env)));
  ip("netns", "add", id);
  ip("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", id);
  ip("addr", "add", `${here}/30`, "dev", cable);
  ip("link", "set", cable, "up");
  ip("-n", id, "addr", "add", `${there}/30`, "dev", "eth0");
  ip("-n", id, "link", "set", "eth0", "up");
  ip("-n", id, "link", "set", "lo", "up");
  const remove = (): void => {
    spawnSync("runc", ["delete", "--force", id]);
    spawnSync("ip", ["link", "del", cable]);
    spawnSync("ip", ["netns", "del", id]);
    rmSync(bundle, { recursive: true, force: true });
  };
  return { id, bundle, address: there, remove };
}

/** Starts a server in a container; it serves a moment later. */
export async function startContainer(
  n: number,
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Container> {
  const { id, bundle, address, remove } = lay(n, program, args, env);
  try {
    // Its output must not be a pipe of ours: runc would wait for its end.
    execFileSync("runc", ["run", "--detach", "--bundle", bundle, id], { stdio: "ignore" });
    const { pid } = JSON.parse(execFileSync("runc", ["state", id], { encoding: "utf8" }));
    await served(address);
    return { address, pid, end: async () => remove() };
  } catch (error) {
    remove();
    throw error;
  }
}

/** Runs a program in a container to its end; what it wrote. */
export function runInContainer(n: number, program: string, args: readonly string[]): string {
  const { id, bundle, remove } = lay(n, program, args, {});
  try {
    return execFileSync("runc", ["run", "--bundle", bundle, id], { encoding: "utf8" });
  } finally {
    remove();
  }
}

async function served(address: string): Promise<void> {
  for (let tries = 0; tries < 2000; tries++) {
    try {
      if ((await fetch(`http://${address}:8080/coldcast/ready`)).ok) return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
  throw new Error(`${address} does not serve`);
}

function configOf(id: string, args: readonly string[], env: Readonly<Record<string, string>>) {
  const mount = (destination: string, type: string) => ({
    destination,
    type,
    source: type,
    options: ["nosuid", "noexec"],
  });
  return {
    ociVersion: "1.0.2",
    process: {
      user: { uid: 65534, gid: 65534 },
      args,
      env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
      cwd: "/",
      noNewPrivileges: true,
    },
    root: { path: "rootfs", readonly: true },
    hostname: id,
    mounts: [mount("/proc", "proc")],
    linux: {
      cgroupsPath: `/${id}`,
      resources: { cpu: { shares: 1024 } },
      namespaces: [
        ...["pid", "ipc", "uts", "mount"].map((type) => ({ type })),
        { type: "network", path: `/var/run/netns/${id}` },
      ],
    },
  };
}
