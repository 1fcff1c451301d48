/** A labelled range whose value a cell can `view`, with the value beside it as `text` writes it. */
export function slider(
  name: string,
  {
    min,
    max,
    step,
    value,
    text = String,
  }: {
    readonly min: number;
    readonly max: number;
    readonly step: number;
    readonly value: number;
    readonly text?: (value: number) => string;
  },
): HTMLElement {
  const label = document.createElement("label");
  const input = document.createElement("input");
  const shown = document.createElement("output");
  Object.assign(label.style, {
    display: "grid",
    gridTemplateColumns: "minmax(0, 16rem) minmax(6rem, 14rem) minmax(4rem, auto)",
    gap: "0.8rem",
  });
  Object.assign(input, { type: "range", min, max, step });
  input.valueAsNumber = value;
  const show = () => {
    shown.textContent = text(input.valueAsNumber);
  };
  input.addEventListener("input", show);
  show();
  label.append(name, input, shown);
  // Input events of the range bubble; whoever listens reads the label's own value.
  return Object.defineProperty(label, "value", { get: () => input.valueAsNumber });
}
