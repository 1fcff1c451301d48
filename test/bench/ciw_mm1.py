"""M/M/1 in Ciw, the way its documentation writes a queue. Prints requests per second."""

import sys
import time

import ciw


def run(requests: int, rate: float, mean_work: float) -> tuple[float, float]:
    ciw.seed(1)
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate=rate)],
        service_distributions=[ciw.dists.Exponential(rate=1 / mean_work)],
        number_of_servers=[1],
    )
    simulation = ciw.Simulation(network)
    begun = time.process_time()
    simulation.simulate_until_max_customers(requests)
    seconds = time.process_time() - begun
    records = simulation.get_all_records()
    mean = sum(r.exit_date - r.arrival_date for r in records) / len(records)
    return len(records) / seconds, mean


if __name__ == "__main__":
    speed, mean = run(int(sys.argv[1]), 80, 0.01)
    print(speed, mean)
