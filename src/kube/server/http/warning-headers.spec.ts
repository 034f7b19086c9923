import { warningHeaders } from './warning-headers';

describe('warningHeaders', () => {
  it('says each text once, quoted', () => {
    expect(warningHeaders(['a "b" \\ c', 'a "b" \\ c', 'd'])).toEqual(['299 - "a \\"b\\" \\\\ c"', '299 - "d"']);
  });

  it('sends what is not ASCII as UTF-8, and leaves out what no header can carry', () => {
    const [only, ...more] = warningHeaders(['größe ✓', 'a\r\nset-cookie: x', '', 'a\u007f']);
    expect(Buffer.from(only ?? '', 'latin1').toString('utf8')).toBe('299 - "größe ✓"');
    expect(more).toEqual([]);
  });

  it('cuts them when they are long together', () => {
    const texts = Array.from({ length: 1000 }, (_none, index) => `${index}${'✓'.repeat(300)}`);
    const headers = warningHeaders(texts);
    expect(headers).toHaveLength(16);
    const lengths = headers.map((header) => Buffer.from(header, 'latin1').toString('utf8').length);
    expect(new Set(lengths)).toEqual(new Set(['299 - ""'.length + 256]));
    expect(warningHeaders(['x'.repeat(4096)])).toEqual([`299 - "${'x'.repeat(4096)}"`]);
  });
});
