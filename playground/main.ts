import "./noEval.ts"; // First, before any schema is made.
import { answering, type Question, type Reply } from "./answering.ts";
import { type Choice, controls, gridOf, isOf, positionOf } from "./controls.ts";
import { resultsOf, yamlOf } from "./results.ts";
import { hashOf, type State, stateOf } from "./state.ts";

/** What a worker has of its scope. */
interface Port {
  postMessage(message: unknown): void;
  addEventListener(type: "message", listener: (event: MessageEvent<Question>) => void): void;
}

const pause = () => new Promise<void>((resolve) => setTimeout(resolve, 0));
/** Addresses are written when the slider rests: browsers refuse hundreds of them. */
const addressDelayMs = 300;

function element<T extends Element = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no ${id}`);
  return found as Element as T;
}

/** This very script again, away from the page, so that sliders never wait for figures. */
function answersAway(draw: (reply: Reply) => void): (question: Question) => void {
  let ask = answering(draw, pause);
  try {
    const program = new Blob([element("program").textContent ?? ""], { type: "text/javascript" });
    const worker = new Worker(URL.createObjectURL(program));
    worker.addEventListener("message", ({ data }: MessageEvent<Reply>) => draw(data));
    const here = ask;
    worker.addEventListener("error", () => {
      ask = here;
    });
    ask = (question) => worker.postMessage(question);
  } catch {
    // Where workers are forbidden the page answers itself, between two looks at its sliders.
  }
  return (question) => ask(question);
}

function showPage(): void {
  let state = stateOf(location.hash);
  let asked = 0;
  let drawn = 0;
  let resting = 0;
  const since = new Map<number, number>();
  const ask = answersAway(draw);

  function draw(reply: Reply): void {
    // An answer to an older question is better than none while a slider moves.
    if (reply.id < drawn) return;
    drawn = reply.id;
    element("trouble").textContent = "trouble" in reply ? reply.trouble : "";
    if ("trouble" in reply) return;
    const { summary, ...parts } = resultsOf(reply.answered);
    for (const [id, markup] of Object.entries(parts)) element(id).innerHTML = markup;
    if (reply.answered.final) element("summary").textContent = summary;
    // Only what answers the newest question is the last word.
    if (reply.id === asked) document.body.dataset.shown = reply.answered.final ? "final" : "first";
    const start = since.get(reply.id);
    since.delete(reply.id);
    if (start !== undefined) performance.measure("redraw", { start, end: performance.now() });
  }

  function change(next: State): void {
    state = next;
    since.set(++asked, performance.now());
    document.body.dataset.shown = "asked";
    ask({ id: asked, state });
    writeControls(state);
    element<HTMLTextAreaElement>("yaml").value = yamlOf(state);
    clearTimeout(resting);
    resting = window.setTimeout(() => history.replaceState(null, "", hashOf(state)), addressDelayMs);
  }

  for (const control of controls) {
    const input = element<HTMLInputElement>(control.key);
    input.addEventListener("input", () => {
      change({ ...state, values: { ...state.values, [control.key]: gridOf(control)[input.valueAsNumber]! } });
    });
  }
  for (const radio of document.querySelectorAll<HTMLInputElement>("input[name=targets]")) {
    radio.addEventListener("change", () => change({ ...state, choice: radio.value as Choice }));
  }
  element("reset").addEventListener("click", () => change(stateOf(`#targets=${state.choice}`)));
  element("copy").addEventListener("click", () => void copy(element<HTMLTextAreaElement>("yaml")));
  addEventListener("hashchange", () => {
    if (location.hash !== hashOf(state)) change(stateOf(location.hash));
  });
  change(state);
}

function writeControls({ choice, values }: State): void {
  element<HTMLInputElement>(`targets-${choice}`).checked = true;
  for (const control of controls) {
    const input = element<HTMLInputElement>(control.key);
    const value = values[control.key];
    const text = control.text(value);
    input.valueAsNumber = positionOf(control, value);
    input.setAttribute("aria-valuetext", text);
    element(`${control.key}-value`).textContent = text;
    input.disabled = control.key === "burst" && values.peak === 1;
    element(`${control.key}-row`).hidden = !isOf(control, choice);
  }
}

/** To the clipboard where there is one; the text is selected in any case. */
async function copy(text: HTMLTextAreaElement): Promise<void> {
  text.select();
  await navigator.clipboard?.writeText(text.value).catch(() => undefined);
  element("copied").textContent = "Copied.";
}

if (typeof document === "undefined") {
  const port = globalThis as unknown as Port;
  const ask = answering((reply) => port.postMessage(reply), pause);
  port.addEventListener("message", ({ data }) => ask(data));
} else {
  showPage();
}
