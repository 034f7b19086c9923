"""A gRPC client whose only knowledge of the world is xDS: reads "TARGET COUNT" lines, makes that many calls, one JSON line of who answered."""

import collections
import json
import sys

import grpc

BATCH = 50
DEADLINE_SECONDS = 10


def ask(methods, target):
    if target not in methods:
        channel = grpc.insecure_channel(target)
        methods[target] = channel.unary_unary("/test.Who/Ask")
    return methods[target].future(b"", timeout=DEADLINE_SECONDS)


def answer_of(call):
    error = call.exception()
    if error is None:
        return call.result().decode()
    return f"error {error.code().value[0]} {error.details()}"


def main():
    methods = {}
    for line in sys.stdin:
        target, count = line.split()
        answers = collections.Counter()
        left = int(count)
        while left > 0:
            calls = [ask(methods, target) for _ in range(min(left, BATCH))]
            answers.update(answer_of(call) for call in calls)
            left -= BATCH
        print(json.dumps(answers), flush=True)


main()
