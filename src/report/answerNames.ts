import type { Answer } from "../scenario/answer.ts";

/**
 * What answers that stand side by side are called: by their engines, numbered in the order given where an engine has several.
 *
 * @example
 * answerNames([{ from: "sim" }, { from: "live" }, { from: "sim" }]) // => ["sim 1", "live", "sim 2"]
 */
export function answerNames(answers: readonly Pick<Answer, "from">[]): string[] {
  return answers.map(({ from }, i) => {
    const ofEngine = (some: readonly Pick<Answer, "from">[]) => some.filter((answer) => answer.from === from).length;
    return ofEngine(answers) === 1 ? from : `${from} ${ofEngine(answers.slice(0, i + 1))}`;
  });
}
