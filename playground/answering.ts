import { type Answered, answersTo } from "./answersTo.ts";
import type { State } from "./state.ts";

export interface Question {
  readonly id: number;
  readonly state: State;
}

/** To the question of that number: an answer, or what stands in its way. */
export type Reply =
  | { readonly id: number; readonly answered: Answered }
  | { readonly id: number; readonly trouble: string };

/**
 * Answers questions as they come, one at a time; those that a newer one has overtaken are left, also half-way.
 *
 * @param pause gives way for as long as a newer question needs to arrive
 */
export function answering(reply: (reply: Reply) => void, pause: () => Promise<void>): (question: Question) => void {
  let newest: Question | null = null;
  let busy = false;
  async function answerAll(): Promise<void> {
    busy = true;
    while (newest !== null) {
      const { id, state } = newest;
      newest = null;
      try {
        for (const answered of answersTo(state)) {
          if (answered !== null) reply({ id, answered });
          await pause();
          if (newest !== null) break;
        }
      } catch (error) {
        reply({ id, trouble: error instanceof Error ? error.message : String(error) });
      }
    }
    busy = false;
  }
  return (question) => {
    newest = question;
    if (!busy) void answerAll();
  };
}
