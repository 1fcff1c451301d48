import { ColdTimeline } from "./ColdTimeline";
import { percent, quantileName, time, whole } from "./format";
import { Histogram } from "./Histogram";
import { Line } from "./Line";
import type { Snapshot, TargetSnapshot } from "./snapshot";

/** One target: figures, percentiles over time with the predicted band, histogram, cold starts, stages. */
export function Target({
  target,
  history,
}: {
  readonly target: TargetSnapshot;
  readonly history: readonly Snapshot[];
}) {
  const { name, kind, counted, failed, cold, overhead, instances, quantiles, predicted, stages } = target;
  const of = (snapshot: Snapshot) => snapshot.targets.find((entry) => entry.name === name);
  const over = (q: number) =>
    history.flatMap((snapshot) => {
      const value = of(snapshot)?.quantiles.find((entry) => entry.q === q)?.seconds;
      return value === undefined ? [] : [{ at: snapshot.atSeconds, value }];
    });
  return (
    <section aria-labelledby={`target-${name}`}>
      <h2 id={`target-${name}`}>
        {name} <small>{kind}</small>
      </h2>
      <section className="scroll" tabIndex={0} aria-label={`Figures of ${name}`}>
        <table>
          <thead>
            <tr>
              {quantiles.map(({ q }) => (
                <th key={q} scope="col">
                  {quantileName(q)}
                </th>
              ))}
              <th scope="col">overhead</th>
              <th scope="col">cold</th>
              <th scope="col">failed</th>
              <th scope="col">instances</th>
            </tr>
          </thead>
          <tbody>
            <tr>
              {quantiles.map(({ q, seconds }) => {
                const band = predicted.find((entry) => entry.q === q);
                return (
                  <td key={q}>
                    {time(seconds)}
                    {band === undefined ? null : <small>predicted {time(band.value)}</small>}
                  </td>
                );
              })}
              <td>{overhead === null ? "–" : percent(overhead)}</td>
              <td>{percent(counted === 0 ? 0 : cold / counted)}</td>
              <td>{whole(failed)}</td>
              <td>{whole(instances)}</td>
            </tr>
          </tbody>
        </table>
      </section>
      <div className="charts">
        <Line
          title="Percentiles over time"
          lines={[
            { name: "p50", points: over(0.5), band: predicted.find(({ q }) => q === 0.5) },
            { name: "p95", points: over(0.95), band: predicted.find(({ q }) => q === 0.95) },
            { name: "p99", points: over(0.99), band: predicted.find(({ q }) => q === 0.99) },
          ]}
        />
        <Histogram buckets={target.buckets} />
        <ColdTimeline recent={target.recent} />
        <figure>
          <figcaption>Where the time goes</figcaption>
          <table className="stages">
            <thead>
              <tr>
                <th scope="col">stage</th>
                <th scope="col">p50</th>
                <th scope="col">p99</th>
              </tr>
            </thead>
            <tbody>
              {stages.map((stage) => (
                <tr key={stage.name}>
                  <th scope="row">{stage.name}</th>
                  <td>{time(stage.p50)}</td>
                  <td>{time(stage.p99)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </figure>
      </div>
    </section>
  );
}
