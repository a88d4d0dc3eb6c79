#!/usr/bin/env python3
"""Aggregates the addresses that AWS publishes: ip-ranges.json on standard input, aws-networks.txt on standard output.

The format of ip-ranges.json: https://docs.aws.amazon.com/vpc/latest/userguide/aws-ip-syntax.html
"""

import ipaddress
import json
import sys

HEAD = """\
# The addresses that AWS publishes (https://docs.aws.amazon.com/vpc/latest/userguide/aws-ip-ranges.html), of every service in
# every Region, aggregated. `make aws-networks` writes this file anew.
# syncToken {syncToken}, createDate {createDate}.
"""


def main() -> None:
    published = json.load(sys.stdin)
    print(HEAD.format_map(published), end="")
    for networks, prefix in (("prefixes", "ip_prefix"), ("ipv6_prefixes", "ipv6_prefix")):
        parsed = [ipaddress.ip_network(network[prefix]) for network in published[networks]]
        if not parsed:
            sys.exit(f"ip-ranges.json holds no {networks}: nothing is written anew")
        for network in ipaddress.collapse_addresses(parsed):
            print(network)


if __name__ == "__main__":
    main()
