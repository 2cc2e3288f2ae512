"""Benchmarks. They print ratios beside goals and baselines, and assert nothing about time."""
