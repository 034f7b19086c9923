/** The head of an answer whose body comes bit by bit. */
export interface StreamAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>;
  readonly body: AsyncIterable<Buffer>;
  /** Ends the stream; the connection may live on. */
  close(): void;
}
