import fc from 'fast-check';

import { messageHeader, MessageReader } from './message-reader';

describe('MessageReader', () => {
  it('gives the same messages however the stream is cut', () => {
    const messages = fc.array(fc.uint8Array({ maxLength: 50 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(messages, fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }), (sent, cuts) => {
        const stream = Buffer.concat(sent.flatMap((message) => [messageHeader(message.length), message]));
        const reader = new MessageReader(50);
        const received: Buffer[] = [];
        for (let at = 0, turn = 0; at < stream.length; turn += 1) {
          const size = cuts[turn % cuts.length]!;
          const result = reader.push(stream.subarray(at, at + size));
          if (typeof result === 'string') throw new Error(result);
          received.push(...result);
          at += size;
        }
        expect(received).toEqual(sent.map((message) => Buffer.from(message)));
      }),
    );
  });

  it('refuses a message that is too large when its header comes, and a compressed one', () => {
    expect(new MessageReader(10).push(messageHeader(11))).toBe('too-large');
    expect(new MessageReader(10).push(Buffer.from([1, 0, 0, 0, 0]))).toBe('compressed');
  });
});
