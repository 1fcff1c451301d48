"use client";

import { useEffect, useRef, useState } from "react";
import { whole } from "./format";
import { PastRuns } from "./PastRuns";
import { Steps } from "./Steps";
import type { Snapshot } from "./snapshot";
import { Target } from "./Target";

/** Snapshots kept for lines over time: two minutes. */
const kept = 240;
const retryMs = 2000;

/** The page: listens to the collector and shows its latest state. */
export function Live() {
  const [history, setHistory] = useState<readonly Snapshot[]>([]);
  const [connected, setConnected] = useState(false);
  const [paused, setPaused] = useState(false);
  const pausedNow = useRef(paused);
  pausedNow.current = paused;

  useEffect(() => {
    let source: EventSource;
    let later: ReturnType<typeof setTimeout> | undefined;
    const connect = () => {
      source = new EventSource("/api/events");
      source.onopen = () => setConnected(true);
      source.onerror = () => {
        setConnected(false);
        // A browser tries again by itself after a broken connection, but not after an answer that no collector is there.
        if (source.readyState === EventSource.CLOSED) later = setTimeout(connect, retryMs);
      };
      source.onmessage = (event: MessageEvent<string>) => {
        if (pausedNow.current) return;
        const next = JSON.parse(event.data) as Snapshot;
        setHistory((before) => [...before.filter(({ run }) => run === next.run), next].slice(-kept));
      };
    };
    connect();
    return () => {
      clearTimeout(later);
      source.close();
    };
  }, []);

  const latest = history.at(-1);
  return (
    <main>
      <header>
        <div>
          <p className="eyebrow">coldcast pipeline</p>
          <h1>{latest?.scenario ?? "Waiting for events"}</h1>
        </div>
        <p className="status" role="status">
          <span className={connected ? "dot on" : "dot"} aria-hidden="true" />
          {connected ? "live" : "no collector"}
        </p>
        <button type="button" aria-pressed={paused} onClick={() => setPaused(!paused)}>
          {paused ? "Go on" : "Hold"}
        </button>
      </header>
      {latest === undefined ? (
        <p className="empty">
          Start one with <code>coldcast pipeline SCENARIO --listen 7080 --out measured</code>.
        </p>
      ) : (
        <>
          <Facts latest={latest} />
          {latest.targets.map((target) => (
            <Target key={target.name} target={target} history={history} />
          ))}
          <Replicas history={history} latest={latest} />
          <PastRuns runs={latest.pastRuns} />
        </>
      )}
    </main>
  );
}

/** What scales the functions, and how many there are. */
function Replicas({ history, latest }: { readonly history: readonly Snapshot[]; readonly latest: Snapshot }) {
  const instances = latest.targets.map(({ name }) => ({
    name,
    points: history.flatMap(({ atSeconds, targets }) => {
      const value = targets.find((target) => target.name === name)?.instances;
      return value === undefined ? [] : [{ at: atSeconds, value }];
    }),
  }));
  const lags = history.flatMap(({ atSeconds, lag }) => (lag === null ? [] : [{ at: atSeconds, value: lag }]));
  return (
    <section aria-labelledby="replicas">
      <h2 id="replicas">Replicas and lag</h2>
      <div className="charts">
        <Steps title="Instances" counts={instances} />
        <Steps title="Lag" counts={[{ name: "trigger", points: lags }]} />
      </div>
    </section>
  );
}

function Facts({ latest }: { readonly latest: Snapshot }) {
  const counted = Math.max(0, ...latest.targets.map((target) => target.counted));
  return (
    <dl className="facts">
      <div>
        <dt>verdict</dt>
        <dd className={`verdict ${latest.verdict ?? "none"}`} aria-live="polite">
          {latest.verdict ?? "not yet"}
        </dd>
      </div>
      <div>
        <dt>events</dt>
        <dd>
          {whole(counted)} of {whole(latest.scheduled)}
        </dd>
      </div>
      <div>
        <dt>lag of the trigger</dt>
        <dd>{latest.lag === null ? "unknown" : whole(latest.lag)}</dd>
      </div>
      <div>
        <dt>delivered twice, counted once</dt>
        <dd>{whole(latest.duplicates)}</dd>
      </div>
    </dl>
  );
}
