import type { Finding } from '../../kernel';
import { lintedCondition } from './linted-condition';

const warning: Finding = {
  ...{ code: 'FLO8529', severity: 'warning', path: 'spec.http' },
  ...{ message: 'the mirror gets a copy of every request', hint: 'write a percentage' },
};

describe('lintedCondition', () => {
  it('names field, effect, remedy and code of every warning', () => {
    expect(lintedCondition([warning, { ...warning, code: 'FLO8525', path: 'spec.tcp' }])).toEqual({
      ...{ type: 'Linted', status: 'False', reason: 'TrapsFound' },
      message:
        'spec.http: the mirror gets a copy of every request - write a percentage (FLO8529); ' +
        'spec.tcp: the mirror gets a copy of every request - write a percentage (FLO8525)',
    });
  });

  it('is true without warnings: errors are the condition Accepted, and what is only worth knowing is no trap', () => {
    const others: Finding[] = [
      { ...warning, severity: 'error' },
      { ...warning, severity: 'info' },
    ];
    expect(lintedCondition(others)).toMatchObject({ status: 'True', reason: 'NothingFound' });
  });
});
