import { percent, time } from "./format";
import type { TargetSnapshot } from "./snapshot";

const [width, height, left, bottom] = [440, 200, 56, 158];

/** Shares of answers per bucket of latency; the last bucket is open. */
export function Histogram({ buckets }: { readonly buckets: TargetSnapshot["buckets"] }) {
  const most = Math.max(0.05, ...buckets.map(({ share }) => share));
  const step = (width - left - 8) / Math.max(1, buckets.length);
  const name = (i: number) => {
    const from = buckets[i - 1]?.upTo ?? 0;
    const { upTo } = buckets[i]!;
    return upTo === null ? `over ${time(from)}` : `up to ${time(upTo)}`;
  };
  const words = buckets.map(({ share }, i) => `${name(i)} ${percent(share)}`).join("; ");
  return (
    <figure>
      <figcaption>
        Latency <span>share per bucket</span>
      </figcaption>
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`Latency, share per bucket: ${words}`}>
        {[0, most].map((tick) => (
          <g key={tick}>
            <line
              className="grid"
              x1={left}
              x2={width - 8}
              y1={bottom - (tick / most) * 140}
              y2={bottom - (tick / most) * 140}
            />
            <text x={left - 6} y={bottom - (tick / most) * 140 + 4} textAnchor="end">
              {percent(tick)}
            </text>
          </g>
        ))}
        {buckets.map(({ upTo, share }, i) => (
          <g key={upTo ?? "open"}>
            <rect
              className="bar"
              x={left + i * step + 2}
              width={step - 4}
              y={bottom - (share / most) * 140}
              height={(share / most) * 140}
            />
            <text x={left + (i + 1) * step} y={bottom + 16} textAnchor="middle">
              {upTo === null ? "" : time(upTo).replace(" ", " ")}
            </text>
          </g>
        ))}
      </svg>
    </figure>
  );
}
