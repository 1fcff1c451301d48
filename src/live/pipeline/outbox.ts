import type { KafkaMessage, KafkaProducer } from "../kafka/kafka.ts";

export interface Outbox {
  /** Resolves when the broker has it. */
  write(topic: string, message: KafkaMessage): Promise<void>;
}

interface Entry {
  readonly topic: string;
  readonly message: KafkaMessage;
  resolve(): void;
  reject(error: unknown): void;
}

/** A producer whose writers share sends: what comes while one is on its way goes together with the next. */
export function outboxOf(producer: KafkaProducer): Outbox {
  let waiting: Entry[] = [];
  let sending = false;
  const flush = async (): Promise<void> => {
    sending = true;
    while (waiting.length > 0) {
      const entries = waiting;
      waiting = [];
      for (const topic of new Set(entries.map((entry) => entry.topic))) {
        const ofTopic = entries.filter((entry) => entry.topic === topic);
        await producer
          .send(
            topic,
            ofTopic.map(({ message }) => message),
          )
          .then(
            () => {
              for (const { resolve } of ofTopic) resolve();
            },
            (error: unknown) => {
              for (const { reject } of ofTopic) reject(error);
            },
          );
      }
    }
    sending = false;
  };
  return {
    write: (topic, message) =>
      new Promise<void>((resolve, reject) => {
        waiting.push({ topic, message, resolve, reject });
        if (!sending) void flush();
      }),
  };
}
