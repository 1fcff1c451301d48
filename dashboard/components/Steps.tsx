import { whole } from "./format";

export interface Count {
  readonly name: string;
  readonly points: readonly { readonly at: number; readonly value: number }[];
}

const [width, height, left, bottom] = [440, 140, 56, 112];

/** Counts over time, each held until the next is known. */
export function Steps({ title, counts }: { readonly title: string; readonly counts: readonly Count[] }) {
  const all = counts.flatMap(({ points }) => points);
  const most = Math.max(1, ...all.map(({ value }) => value));
  const [from, to] = [Math.min(...all.map(({ at }) => at), Number.MAX_VALUE), Math.max(...all.map(({ at }) => at), 0)];
  const x = (at: number) => left + ((at - from) / Math.max(to - from, 1)) * (width - left - 8);
  const y = (value: number) => bottom - (value / most) * (bottom - 12);
  const path = (points: Count["points"]) =>
    points.map(({ at, value }, i) => (i === 0 ? `M${x(at)} ${y(value)}` : `H${x(at)}V${y(value)}`)).join("");
  const words = counts
    .map(({ name, points }) => `${name} ${points.length === 0 ? "unknown" : whole(points.at(-1)!.value)}`)
    .join("; ");
  return (
    <figure>
      <figcaption>
        {title} <span>{words}</span>
      </figcaption>
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`${title} over time, now: ${words}`}>
        {[0, most].map((tick) => (
          <g key={tick}>
            <line className="grid" x1={left} x2={width - 8} y1={y(tick)} y2={y(tick)} />
            <text x={left - 6} y={y(tick) + 4} textAnchor="end">
              {whole(tick)}
            </text>
          </g>
        ))}
        {counts.map(({ name, points }, i) => (
          <path key={name} className={`step step${i % 3}`} d={path(points)} />
        ))}
        <text x={left} y={height - 6}>
          {all.length === 0 ? "" : `${Math.round(to - from)} s ago`}
        </text>
        <text x={width - 8} y={height - 6} textAnchor="end">
          now
        </text>
      </svg>
    </figure>
  );
}
