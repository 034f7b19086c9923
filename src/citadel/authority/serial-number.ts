import { randomBytes } from 'node:crypto';

const SERIAL_BYTES = 16;

/** 128 random bits in hexadecimal; never guessed, never met twice (RFC 5280 §4.1.2.2 asks for a positive number). */
export function randomSerialNumber(): string {
  const bytes = randomBytes(SERIAL_BYTES);
  if (bytes.every((byte) => byte === 0)) return randomSerialNumber();
  return bytes.toString('hex');
}
