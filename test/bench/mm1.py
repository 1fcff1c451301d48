"""M/M/1 in SimPy, the way its documentation writes a queue: a process per customer. Prints requests per second."""

import random
import sys
import time

import simpy


def run(requests: int, rate: float, mean_work: float) -> tuple[float, float]:
    random.seed(1)
    environment = simpy.Environment()
    server = simpy.Resource(environment, capacity=1)
    total = 0.0

    def customer():
        nonlocal total
        arrived = environment.now
        with server.request() as slot:
            yield slot
            yield environment.timeout(random.expovariate(1 / mean_work))
        total += environment.now - arrived

    def arrivals():
        for _ in range(requests):
            yield environment.timeout(random.expovariate(rate))
            environment.process(customer())

    started = time.process_time()
    environment.process(arrivals())
    environment.run()
    return requests / (time.process_time() - started), total / requests


speed, mean = sorted(run(int(sys.argv[1]), 80, 0.01) for _ in range(3))[1]
print(f"{speed} {mean}")
