'use strict';

// A gRPC client whose only knowledge of the world is xDS: reads "TARGET COUNT" lines, makes that many calls, one JSON line of who answered.
const grpc = require('@grpc/grpc-js');
const { createInterface } = require('node:readline');

require('@grpc/grpc-js-xds').register();

const identity = (bytes) => bytes;
const clients = new Map();

function clientOf(target) {
  const known = clients.get(target);
  if (known) return known;
  const client = new grpc.Client(target, grpc.credentials.createInsecure());
  clients.set(target, client);
  return client;
}

function ask(target) {
  return new Promise((resolve) => {
    const deadline = Date.now() + 10_000;
    clientOf(target).makeUnaryRequest(
      '/test.Who/Ask',
      identity,
      identity,
      Buffer.alloc(0),
      { deadline },
      (error, answer) => resolve(error ? `error ${error.code} ${error.details}` : answer.toString()),
    );
  });
}

async function run(line) {
  const [target, count] = line.split(' ');
  const answers = {};
  for (let left = Number(count); left > 0; left -= 50) {
    const batch = await Promise.all(Array.from({ length: Math.min(left, 50) }, () => ask(target)));
    for (const answer of batch) answers[answer] = (answers[answer] ?? 0) + 1;
  }
  process.stdout.write(`${JSON.stringify(answers)}\n`);
}

let last = Promise.resolve();
createInterface({ input: process.stdin })
  .on('line', (line) => {
    last = last.then(() => run(line));
  })
  .on('close', () => process.exit(0));
