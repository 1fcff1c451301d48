import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { playgroundPage } from "./page.ts";
import { playgroundStyle } from "./style.ts";

/** The playground as one file: everything it needs in one script, which its policy names by hash. */
export async function playgroundHtml(): Promise<string> {
  const bundle = await rolldown({
    input: fileURLToPath(new URL("main.ts", import.meta.url)),
    platform: "browser",
    logLevel: "silent",
    // Imported for what it does.
    treeshake: { moduleSideEffects: [fileURLToPath(new URL("noEval.ts", import.meta.url))] },
  });
  const { output } = await bundle.generate({ format: "iife", minify: true });
  await bundle.close();
  // Inside a script these would end it, or begin a comment that hides its end.
  const script = output[0].code.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--").trim();
  return playgroundPage({
    script,
    style: playgroundStyle,
    scriptSha256: sha256(script),
    styleSha256: sha256(playgroundStyle),
  });
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("base64");
