import { Budget, RULE_LIMIT } from './budget';
import { Evaluation } from './evaluate';
import { parseExpression } from './expression';
import { parseSemver } from './semver-functions';

const run = (text: string): unknown => new Evaluation(new Budget(RULE_LIMIT)).run(parseExpression(text), undefined);

describe('semantic versions in CEL', () => {
  it.each([
    '0.0.0',
    '1.2.3',
    '1.0.0-alpha.1',
    '1.0.0-0a.x-y',
    '1.0.0+build.01',
    '1.0.0-rc.1+b',
    '99999999999999999999.0.0',
  ])('takes %s', (text) => {
    expect(parseSemver(text, false)).toBeDefined();
    expect(run(`isSemver('${text}')`)).toBe(true);
  });

  it.each([
    '',
    '1',
    '1.2',
    'v1.2.3',
    '01.2.3',
    '1.2.3-',
    '1.2.3-01',
    '1.2.3-a..b',
    '1.2.3+',
    ' 1.2.3',
    '1.2.3.4',
    '1.2.3\n',
  ])('refuses %j', (text) => expect(parseSemver(text, false)).toBeUndefined());

  it('makes up for what people leave out when asked to', () => {
    expect(run("semver('v1.2', true) == semver('1.2.0')")).toBe(true);
    expect(run("semver('01.2.3', true).compareTo(semver('1.2.3'))")).toBe(0n);
    expect(run("isSemver('v1', true) && !isSemver('one', true) && !isSemver('1.2-rc', true)")).toBe(true);
  });

  it('gives the parts', () => {
    expect(
      run("[semver('1.20.300').major(), semver('1.20.300').minor(), semver('1.20.300').patch()] == [1, 20, 300]"),
    ).toBe(true);
  });

  it('orders versions as semver.org does, without their builds', () => {
    const ascending = [
      ...['1.0.0-alpha', '1.0.0-alpha.1', '1.0.0-alpha.beta', '1.0.0-beta', '1.0.0-beta.2', '1.0.0-beta.11'],
      ...['1.0.0-rc.1', '1.0.0', '1.0.1', '1.2.0', '1.10.0', '2.0.0'],
    ];
    for (const [index, left] of ascending.entries())
      for (const [other, right] of ascending.entries()) {
        expect(run(`semver('${left}').compareTo(semver('${right}'))`)).toBe(BigInt(Math.sign(index - other)));
        expect(run(`semver('${left}').isLessThan(semver('${right}'))`)).toBe(index < other);
        expect(run(`semver('${left}').isGreaterThan(semver('${right}'))`)).toBe(index > other);
      }
    expect(run("semver('1.0.0+a').compareTo(semver('1.0.0+b'))")).toBe(0n);
  });

  it('says what could not be read', () => {
    expect(() => run("semver('one')")).toThrow('semver parse error during conversion from string: "one"');
  });
});
