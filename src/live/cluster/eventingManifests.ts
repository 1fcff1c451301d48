import type { PipelineSpec } from "../../scenario/pipeline.ts";
import type { DeploySpec } from "../../scenario/scenario.ts";
import { eventType } from "../pipeline/kafkaEvent.ts";
import { groups, topics } from "../pipeline/topics.ts";
import type { KafkaAddress } from "./autoscalerManifest.ts";
import type { KubernetesObject } from "./kubernetesObject.ts";

/** Who calls a pipeline's function in a cluster: this package's own trigger, or Knative Eventing. */
export type EventingDispatch = NonNullable<DeploySpec["dispatch"]>;

export interface EventingTarget {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Of the scenario: what its targets share is named and labelled so. */
  readonly shared: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly pipeline: PipelineSpec;
  /** Whether a Knative Service answers, or a plain one. */
  readonly isKnative: boolean;
  readonly timeout: number;
}

/**
 * Knative Eventing in the place of the pipeline's trigger: a KafkaSource that calls the function, or a Broker of class Kafka
 * that a KafkaSource fills and a Trigger empties. What keeps failing goes to the same dead letters, by a KafkaSink.
 *
 * @see knative.dev, "Knative source for Apache Kafka", "Knative broker for Apache Kafka", "Event delivery"
 */
export function eventingManifests(
  target: EventingTarget,
  dispatch: EventingDispatch,
  bootstrapServers: string,
): KubernetesObject[] {
  if (dispatch === "trigger") return [];
  const { namespace, name, labels, shared, isKnative } = target;
  const servers = bootstrapServers.split(",");
  const function_ = reference(isKnative ? "serving.knative.dev/v1" : "v1", "Service", name);
  const dead = kafkaSink(shared, namespace, servers);
  if (dispatch === "kafkaSource") {
    const own = { name, namespace, labels };
    const group = groupOf(target, dispatch);
    const delivery = deliveryOf(target, dead);
    return [dead, kafkaSource(own, { target, servers, group, sink: function_, delivery })];
  }
  const broker: KubernetesObject = {
    apiVersion: "eventing.knative.dev/v1",
    kind: "Broker",
    metadata: { ...shared, namespace, annotations: { "eventing.knative.dev/broker.class": "Kafka" } },
    // Kafka's address is the administrator's to set there: a deploy needs no right to ConfigMaps.
    spec: {
      config: { apiVersion: "v1", kind: "ConfigMap", name: "kafka-broker-config", namespace: "knative-eventing" },
    },
  };
  const sink = reference("eventing.knative.dev/v1", "Broker", shared.name);
  const into = { ...shared, namespace };
  const trigger: KubernetesObject = {
    apiVersion: "eventing.knative.dev/v1",
    kind: "Trigger",
    metadata: {
      name,
      namespace,
      labels,
      annotations: { "kafka.eventing.knative.dev/delivery.order": orderOf(target) },
    },
    spec: {
      broker: shared.name,
      filter: { attributes: { type: eventType } },
      subscriber: function_,
      delivery: deliveryOf(target, dead),
    },
  };
  return [dead, broker, kafkaSource(into, { target, servers, group: groups.trigger, sink }), trigger];
}

/** Where KEDA finds the lag of whoever calls the function. */
export function lagOf(target: EventingTarget, dispatch: EventingDispatch): Omit<KafkaAddress, "bootstrapServers"> {
  const { namespace, name, shared } = target;
  // By Knative's own templates, unless its administrator changed them (config-kafka-features).
  if (dispatch === "broker")
    return {
      topic: `knative-broker-${namespace}-${shared.name}`,
      consumerGroup: `knative-trigger-${namespace}-${name}`,
    };
  return { topic: topics.enriched, consumerGroup: groupOf(target, dispatch) };
}

/** Each target of Eventing reads all events, so each is a group of its own; the pipeline's trigger calls all of them as one. */
const groupOf = ({ name }: EventingTarget, dispatch: EventingDispatch): string =>
  dispatch === "trigger" ? groups.trigger : `${groups.trigger}-${name}`;

const reference = (apiVersion: string, kind: string, name: string) => ({ ref: { apiVersion, kind, name } });

function kafkaSink(
  { name, labels }: EventingTarget["shared"],
  namespace: string,
  bootstrapServers: readonly string[],
): KubernetesObject {
  return {
    apiVersion: "eventing.knative.dev/v1alpha1",
    kind: "KafkaSink",
    metadata: { name: `${name}-dead`, namespace, labels },
    spec: { topic: topics.dead, bootstrapServers, contentMode: "binary" },
  };
}

function kafkaSource(
  metadata: KubernetesObject["metadata"],
  {
    target,
    servers,
    group,
    sink,
    delivery,
  }: {
    readonly target: EventingTarget;
    readonly servers: readonly string[];
    readonly group: string;
    readonly sink: object;
    readonly delivery?: object;
  },
): KubernetesObject {
  return {
    apiVersion: "sources.knative.dev/v1",
    kind: "KafkaSource",
    metadata,
    spec: {
      bootstrapServers: servers,
      topics: [topics.enriched],
      consumerGroup: group,
      consumers: triggerOf(target)?.consumers ?? 1,
      initialOffset: "earliest",
      ordering: orderOf(target),
      ...(delivery === undefined ? {} : { delivery }),
      sink,
    },
  };
}

const triggerOf = ({ pipeline }: EventingTarget) => pipeline.stages.find((stage) => stage.kind === "trigger");

/** One event at a time of each partition, or as many as Knative likes. */
const orderOf = (target: EventingTarget): "ordered" | "unordered" =>
  triggerOf(target)?.inFlight === 1 ? "ordered" : "unordered";

function deliveryOf(target: EventingTarget, dead: KubernetesObject): object {
  const retries = triggerOf(target)?.retries;
  const { apiVersion, kind, metadata } = dead;
  return {
    retry: (retries?.maxAttempts ?? 4) - 1,
    backoffPolicy: "exponential",
    backoffDelay: "PT0.1S",
    ...(Number.isFinite(target.timeout) ? { timeout: `PT${target.timeout}S` } : {}),
    deadLetterSink: reference(apiVersion, kind, metadata.name),
  };
}
