import { spawnSync } from "node:child_process";
import { mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer } from "../startServer.ts";

let folder = "";
let disk = "";
let server: Awaited<ReturnType<typeof startServer>>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "coldcast-disk-"));
  disk = mkdtempSync(join(folder, "disk-"));
  server = await startServer("faultyServer.ts", "ok");
  for (const [name, seconds] of [
    ["short", 1],
    ["long", 5],
  ] as const)
    writeFileSync(
      join(folder, `${name}.yaml`),
      `name: disk
seed: 5
duration: ${seconds}s
arrivals: { kind: deterministic, interval: 2ms }
work: 1ms
targets: { one: { kind: server, concurrency: unlimited, coldStart: 100ms } }
`,
    );
});
afterAll(() => {
  server.process.kill();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs a script in a mount namespace of its own, where $DISK is a small file system that is gone afterwards. */
function onDisk(kilobytes: number, script: string) {
  const mounted = `mount -t tmpfs -o size=${kilobytes}k none "$DISK" || exit 99\n${script}`;
  const env = {
    ...process.env,
    DISK: disk,
    DIR: folder,
    URL: server.url,
    COLDCAST: `${process.execPath} bin/coldcast.js`,
  };
  return spawnSync("unshare", ["-m", "sh", "-c", mounted], { env, encoding: "utf8" });
}

const canMount =
  process.platform === "linux" &&
  process.getuid?.() === 0 &&
  spawnSync("unshare", ["-m", "sh", "-c", "mount -t tmpfs none /mnt"]).status === 0;
const skipped = canMount ? "" : " (skipped: only root of Linux may mount a small file system)";

describe.skipIf(!canMount)(`a disk that is full${skipped}`, () => {
  it.each([
    ["simulate", "simulate $DIR/short.yaml --replications 2 --workers 1 --json $DISK/out.json", "out.json"],
    ["schedule", "schedule $DIR/short.yaml --out $DISK/out.csv", "out.csv"],
    ["replay", "replay $DIR/short.yaml --at one=$URL --out $DISK/measured", "measured/live.json"],
  ])("%s says so, exits 2, and leaves what was there", (_, command, file) => {
    const { stdout, stderr } = onDisk(
      2048,
      `$COLDCAST ${command} >/dev/null 2>&1 || exit 98
cp $DISK/${file} $DIR/kept
head -c 10m /dev/zero >$DISK/fill 2>/dev/null
$COLDCAST ${command} --seed 6 >/dev/null
echo "code $?"
cmp $DIR/kept $DISK/${file} && echo same
find $DISK -name "*.tmp"`,
    );
    expect(stderr).toContain("the disk is full");
    expect(stdout).toBe("code 2\nsame\n");
  });

  it("that fills up under a replay leaves the measurement of before, and says so", () => {
    const { stdout, stderr } = onDisk(
      360,
      `$COLDCAST replay $DIR/short.yaml --at one=$URL --out $DISK/measured >/dev/null 2>&1 || exit 98
cp -r $DISK/measured $DIR/before
$COLDCAST replay $DIR/long.yaml --at one=$URL --out $DISK/measured >/dev/null
echo "code $?"
for file in live.json one.outcomes.csv; do cmp $DIR/before/$file $DISK/measured/$file && echo same; done
find $DISK -name "*.tmp"`,
    );
    expect(stderr).toMatch(/\.csv: the disk is full/);
    expect(stdout).toBe("code 2\nsame\nsame\n");
  });

  it("under a sweep keeps its points, and with room again it ends as an unbroken one", () => {
    const sweep = "sweep $DIR/short.yaml --vary targets.one.coldStart=0,50ms,100ms --replications 2 --workers 1";
    const { stdout, stderr } = onDisk(
      1024,
      `$COLDCAST ${sweep} --out $DIR/whole.ndjson >/dev/null 2>&1 || exit 98
head -n 1 $DIR/whole.ndjson >$DISK/s.ndjson
head -c 10m /dev/zero >$DISK/fill 2>/dev/null
$COLDCAST ${sweep} --out $DISK/s.ndjson >/dev/null
echo "code $?"
head -n 1 $DISK/s.ndjson >$DIR/first
head -n 1 $DIR/whole.ndjson | cmp - $DIR/first && echo kept
rm $DISK/fill
$COLDCAST ${sweep} --out $DISK/s.ndjson >/dev/null 2>&1
echo "code $?"
cmp $DIR/whole.ndjson $DISK/s.ndjson && echo same`,
    );
    expect(stderr).toContain("s.ndjson: the disk is full");
    expect(stdout).toBe("code 2\nkept\ncode 0\nsame\n");
  });
});

describe("a full disk behind stdout", () => {
  it.skipIf(process.platform !== "linux")("is an error, not an internal one", () => {
    const full = openSync("/dev/full", "w");
    const { status, stderr } = spawnSync(
      process.execPath,
      ["bin/coldcast.js", "simulate", join(folder, "short.yaml"), "--replications", "2", "--json", "-"],
      { stdio: ["ignore", full, "pipe"], encoding: "utf8" },
    );
    expect(stderr).toContain("standard output: the disk is full");
    expect(status).toBe(2);
  });
});
