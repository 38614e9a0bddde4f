"""The double as a process of its own, for benchmarks: prints its address as JSON, and ends with its input."""

import argparse
import json
import sys

from tests.stripe_double import Clock, StripeDouble


def main() -> None:
    """`python -m tests.stripe_double --sales 20000 --overall 100 --per-endpoint 25 --latency 0.1 0.3`"""
    parser = argparse.ArgumentParser(prog="stripe_double", description=__doc__)
    parser.add_argument("--sales", type=int, default=0, help="sales of the bulk history")
    parser.add_argument("--years", type=float, default=3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--overall", type=float, default=None, help="requests a second")
    parser.add_argument("--per-endpoint", type=float, default=None, help="requests a second and endpoint")
    parser.add_argument("--latency", type=float, nargs=2, default=None, help="seconds, from and to")
    parser.add_argument("--live", action="store_true", help="live mode")
    parser.add_argument("--currency", default="usd", help="of the account, in lower case")
    asked = parser.parse_args()
    clock = Clock(ticking=True)
    settings = {"seed": asked.seed, "livemode": asked.live, "clock": clock, "currency": asked.currency}
    with StripeDouble(validate=False, **settings) as stripe:
        if asked.sales:
            stripe.bulk_history(asked.sales, asked.years, asked.seed)
        stripe.limits.set(asked.overall, asked.per_endpoint)
        stripe.latency = tuple(asked.latency) if asked.latency else None
        print(json.dumps({"url": stripe.url, "key": stripe.key}), flush=True)
        sys.stdin.read()
        told = {f"{method} {pattern}": count for (method, pattern), count in stripe.requests.counts.items()}
        print(json.dumps({"requests": told, "statuses": dict(stripe.requests.statuses)}), flush=True)


main()
