import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { TargetError } from "../../base/check.ts";

const run = promisify(execFile);
/** Pinned; another one can be named by `KAFKA_VERSION`. */
const pinned = "4.4.0";
const fetchLimitMs = 300_000;

/**
 * The folder with the jars of an Apache Kafka broker; fetched by Maven (about 45 MB) unless they are there already.
 *
 * @throws {TargetError} where there is no Maven, or it cannot fetch them
 */
export async function brokerJars(): Promise<string> {
  const version = process.env.KAFKA_VERSION ?? pinned;
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
  const folder = join(cache, "coldcast", "kafka", version);
  if (existsSync(folder)) return folder;
  mkdirSync(dirname(folder), { recursive: true });
  const fresh = mkdtempSync(`${folder}.`);
  try {
    const pom = join(fresh, "pom.xml");
    writeFileSync(pom, pomOf(version));
    const goals = [
      "dependency:copy-dependencies",
      "-DincludeScope=runtime",
      `-DoutputDirectory=${join(fresh, "jars")}`,
    ];
    await run("mvn", ["-B", "-q", "-f", pom, ...goals], { timeout: fetchLimitMs });
    renameSync(join(fresh, "jars"), folder);
  } catch (error) {
    if (existsSync(folder)) return folder; // another process was faster
    throw new TargetError("kafka", `Maven cannot fetch the jars of Kafka ${version}`, {
      retriable: true,
      cause: error,
    });
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return folder;
}

function pomOf(version: string): string {
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>coldcast</groupId><artifactId>broker</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${version}</version>
      <!-- Only the console tools need it, and not every version of it was published. -->
      <exclusions><exclusion><groupId>org.apache.kafka</groupId><artifactId>kafka-tools-api</artifactId></exclusion></exclusions>
    </dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
  <build><plugins><plugin>
    <groupId>org.apache.maven.plugins</groupId><artifactId>maven-dependency-plugin</artifactId><version>3.8.1</version>
  </plugin></plugins></build>
</project>
`;
}
