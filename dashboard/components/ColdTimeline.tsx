import { time } from "./format";
import type { TargetSnapshot } from "./snapshot";

const [width, height, left, bottom] = [440, 200, 56, 172];

/** The last answers by time and latency; those that met a cold start stand out by sign and colour. */
export function ColdTimeline({ recent }: { readonly recent: TargetSnapshot["recent"] }) {
  const longest = Math.max(1, ...recent.map(([ago]) => ago));
  const most = Math.max(1e-3, ...recent.map(([, latency]) => latency));
  const cold = recent.filter(([, , isCold]) => isCold === 1);
  return (
    <figure>
      <figcaption>
        The last answers <span>triangles met a cold start</span>
      </figcaption>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={`The last ${recent.length} answers, of which ${cold.length} met a cold start; the slowest took ${time(most)}`}
      >
        {[0, most].map((tick) => (
          <g key={tick}>
            <line
              className="grid"
              x1={left}
              x2={width - 8}
              y1={bottom - (tick / most) * 155}
              y2={bottom - (tick / most) * 155}
            />
            <text x={left - 6} y={bottom - (tick / most) * 155 + 4} textAnchor="end">
              {tick === 0 ? "0" : time(tick)}
            </text>
          </g>
        ))}
        {recent.map(([ago, latency, isCold], i) => {
          const x = width - 8 - (ago / longest) * (width - left - 12);
          const y = bottom - (latency / most) * 155;
          return isCold === 1 ? (
            <path key={`${i}-${ago}`} className="cold" d={`M${x} ${y - 4}l4 7h-8z`} />
          ) : (
            <circle key={`${i}-${ago}`} className="warm" cx={x} cy={y} r="1.8" />
          );
        })}
        <text x={left} y={height - 8}>{`${Math.round(longest)} s ago`}</text>
        <text x={width - 8} y={height - 8} textAnchor="end">
          now
        </text>
      </svg>
    </figure>
  );
}
