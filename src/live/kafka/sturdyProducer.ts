import type { Seconds } from "../../base/units.ts";
import type { Clock } from "../clock.ts";
import type { Kafka, KafkaProducer } from "./kafka.ts";
import { untilItWorks } from "./untilItWorks.ts";

/**
 * A producer that outlives its broker's absence: what cannot be sent is sent again by a new one, until the broker is back.
 *
 * A message whose confirmation was lost is then in the topic twice; who reads it must know messages by their ids.
 */
export async function sturdyProducer(
  kafka: Kafka,
  { clock, patience }: { readonly clock: Clock; readonly patience: Seconds },
): Promise<KafkaProducer> {
  let producer: KafkaProducer | null = await kafka.producer();
  return {
    send: (topic, messages) =>
      untilItWorks(
        async () => {
          producer ??= await kafka.producer();
          const current = producer;
          await current.send(topic, messages).catch(async (error: unknown) => {
            if (producer === current) producer = null;
            await current.close().catch(() => {});
            throw error;
          });
        },
        { clock, patience },
      ),
    close: async () => {
      await producer?.close();
    },
  };
}
