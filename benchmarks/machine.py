#!/usr/bin/env python3
"""Measures the limits of this machine: bytes moved and operations computed in a second on all cores."""
import json
import os
import time

import numpy as np
import torch

torch.set_num_threads(os.cpu_count())


def best(work, amount, rounds=15):
    """The largest amount per second over some rounds."""
    work()
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return amount / min(seconds)


def main():
    # Much larger than any cache: two arrays are read and one is written.
    size = 1 << 25
    left, right, sum_ = (torch.rand(size) for _ in range(3))
    bandwidth = best(lambda: torch.add(left, right, out=sum_), 3 * 4 * size)
    n = 1536
    a, b = torch.rand(n, n), torch.rand(n, n)
    c, d = a.numpy(), b.numpy()
    operations = max(best(lambda: a @ b, 2 * n**3), best(lambda: np.dot(c, d), 2 * n**3))
    print(json.dumps({"bytes_per_second": bandwidth, "operations_per_second": operations}))


if __name__ == "__main__":
    main()
