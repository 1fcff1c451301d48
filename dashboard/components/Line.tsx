import { time } from "./format";

interface Point {
  readonly at: number;
  readonly value: number;
}

export interface Series {
  readonly name: string;
  readonly points: readonly Point[];
  /** Predicted, with its interval; drawn behind the line. */
  readonly band: { readonly value: number; readonly low: number; readonly high: number } | undefined;
}

const [width, height, left, bottom] = [440, 200, 56, 172];

/** Times over time on a logarithmic scale, each with its predicted band behind it. */
export function Line({ title, lines }: { readonly title: string; readonly lines: readonly Series[] }) {
  const values = lines.flatMap(({ points, band }) => [
    ...points.map(({ value }) => value),
    ...(band === undefined ? [] : [band.low, band.high]),
  ]);
  const known = values.filter((value) => value > 0 && Number.isFinite(value));
  const [low, high] = known.length === 0 ? [1e-3, 1] : [Math.min(...known) * 0.8, Math.max(...known) * 1.25];
  const times = lines.flatMap(({ points }) => points.map(({ at }) => at));
  const [from, to] = [Math.min(...times, Number.MAX_VALUE), Math.max(...times, 0)];
  const x = (at: number) => left + ((at - from) / Math.max(to - from, 1)) * (width - left - 44);
  const y = (value: number) =>
    bottom - (Math.log(Math.min(high, Math.max(low, value)) / low) / Math.log(high / low)) * (bottom - 12);
  const ticks = ticksBetween(low, high);
  const words = lines
    .map(({ name, points, band }) => {
      const now = points.at(-1);
      return `${name} ${now === undefined ? "unknown" : time(now.value)}${band === undefined ? "" : `, predicted ${time(band.value)}`}`;
    })
    .join("; ");
  return (
    <figure>
      <figcaption>
        {title} <span>bands are predictions</span>
      </figcaption>
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`${title}: ${words}`}>
        {ticks.map((tick) => (
          <g key={tick}>
            <line className="grid" x1={left} x2={width - 44} y1={y(tick)} y2={y(tick)} />
            <text x={left - 6} y={y(tick) + 4} textAnchor="end">
              {time(tick)}
            </text>
          </g>
        ))}
        {lines.map(({ name, points, band }) => (
          <g key={name} className={`series ${name}`}>
            {band === undefined ? null : (
              <rect
                className="band"
                x={left}
                width={width - left - 44}
                y={y(band.high)}
                height={Math.max(2, y(band.low) - y(band.high))}
              />
            )}
            <polyline points={points.map(({ at, value }) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`).join(" ")} />
            {points.length === 0 ? null : (
              <text className="name" x={width - 40} y={y(points.at(-1)!.value) + 4}>
                {name}
              </text>
            )}
          </g>
        ))}
        <text x={left} y={height - 8}>
          {times.length === 0 ? "" : `${Math.round(to - from)} s ago`}
        </text>
        <text x={width - 44} y={height - 8} textAnchor="end">
          now
        </text>
      </svg>
    </figure>
  );
}

function ticksBetween(low: number, high: number): number[] {
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    for (const factor of high / low > 50 ? [1] : [1, 3]) {
      const tick = factor * 10 ** power;
      if (tick >= low && tick <= high) ticks.push(tick);
    }
  }
  return ticks;
}
