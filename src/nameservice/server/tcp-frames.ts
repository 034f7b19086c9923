/** The longest message over TCP with its length in front (RFC 1035 §4.2.2). */
export const FRAME_LIMIT_BYTES = 65537;

/** What came of some bytes of a TCP connection. */
export interface AnsweredFrames {
  /** Lengths and messages to send, in the order of the questions (RFC 7766 §6.2.1.1 allows any). */
  readonly answers: readonly Buffer[];
  /** The beginning of an unfinished message; undefined when there was one that gets no answer: the connection is to be closed. */
  readonly rest: Buffer | undefined;
}

/** Answers every whole message in `bytes`; a client may send the next question before it has the last answer. */
export function answerFrames(bytes: Buffer, answer: (message: Buffer) => Buffer | undefined): AnsweredFrames {
  const answers: Buffer[] = [];
  let offset = 0;
  while (bytes.length - offset >= 2 && bytes.length - offset >= 2 + bytes.readUInt16BE(offset)) {
    const end = offset + 2 + bytes.readUInt16BE(offset);
    const response = answer(bytes.subarray(offset + 2, end));
    if (response === undefined) return { answers, rest: undefined };
    const length = Buffer.allocUnsafe(2);
    length.writeUInt16BE(response.length);
    answers.push(length, response);
    offset = end;
  }
  return { answers, rest: bytes.subarray(offset) };
}
