"""Scale per request in SimFaaS, by its own class: 0.9 requests/s, exponential service of 1.99 s, kept 600 s. Prints requests per second."""

import sys
import time

from simfaas.ServerlessSimulator import ServerlessSimulator


def run(requests: int, rate: float, work: float, keep_alive: float) -> tuple[float, float]:
    simulator = ServerlessSimulator(
        arrival_rate=rate,
        warm_service_rate=1 / work,
        cold_service_rate=1 / work,
        expiration_threshold=keep_alive,
        max_time=requests / rate,
    )
    begun = time.process_time()
    simulator.generate_trace(debug_print=False, progress=False)
    seconds = time.process_time() - begun
    return simulator.total_req_count / seconds, simulator.get_average_server_count()


if __name__ == "__main__":
    speed, instances = run(int(sys.argv[1]), 0.9, 1.99, 600)
    print(speed, instances)
