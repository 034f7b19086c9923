import type { Faults, Field } from '../findings';
import { deprecatedFaults, durationFaults, oneOfFaults, percentFaults } from './basics';
import { corsFaults } from './cors';
import { destinationFaults, weightFaults } from './destination';
import { faultInjectionFaults } from './fault-injection';
import { headerOperationFaults, isAuthority } from './headers';
import { httpMatchFaults } from './http-match';
import { redirectFaults, responseFaults, retryFaults, rewriteFaults } from './http-answers';

/** What the VirtualService around a route is. */
export interface RouteContext {
  readonly isDelegate: boolean;
  readonly atGateway: boolean;
}

/** Istio's HTTPRoute. */
export function* httpRouteFaults(route: Field, { isDelegate, atGateway }: RouteContext): Faults {
  const delegates = isDelegate || route.at('delegate').given;
  yield* answerFaults(route, isDelegate);
  for (const match of route.at('match').items) yield* httpMatchFaults(match, { delegates, atGateway });
  yield* headerOperationFaults(route.at('headers'));
  yield* corsFaults(route.at('corsPolicy'));
  yield* faultInjectionFaults(route.at('fault'));
  yield* redirectFaults(route.at('redirect'));
  yield* responseFaults(route.at('directResponse'));
  yield* retryFaults(route.at('retries'));
  yield* rewriteFaults(route.at('rewrite'));
  yield* authorityFaults(route);
  yield* mirrorFaults(route);
  yield* durationFaults(route.at('timeout'));
  yield* weightFaults(route.at('route'));
  for (const destination of route.at('route').items) {
    yield* destinationFaults(destination.at('destination'));
    yield* headerOperationFaults(destination.at('headers'));
  }
}

/** A route forwards, redirects, answers itself or delegates: one of them. */
function* answerFaults(route: Field, isDelegate: boolean): Faults {
  const answers = ['route', 'redirect', 'directResponse', 'delegate'].filter((name) =>
    name === 'route' ? route.at(name).items.length > 0 : route.at(name).given,
  );
  if (answers.length === 0)
    yield {
      code: 'FLO8046',
      path: route.path,
      message: 'the route has no route, redirect, directResponse or delegate',
    };
  if (answers.length > 1)
    yield { code: 'FLO8046', path: route.path, message: `${answers.join(' and ')} exclude one another` };
  const redirect = route.at('redirect');
  for (const field of redirect.given || route.at('directResponse').given ? route.among(['fault', 'rewrite']) : []) {
    const name = field.path.split('.').at(-1) ?? '';
    const message = `${name} needs a destination, and this route answers by itself`;
    yield { code: 'FLO8046', path: field.path, message, hint: `remove ${name}` };
  }
  if (isDelegate && route.at('delegate').given)
    yield { code: 'FLO8040', path: route.at('delegate').path, message: 'a delegate cannot delegate again' };
}

/** The host that is asked for may be rewritten in one place only. */
function* authorityFaults(route: Field): Faults {
  const rewrite = route.at('rewrite').at('authority');
  const request = route.at('headers').at('request');
  const headers = ['set', 'add'].flatMap((operation) => request.at(operation).entries);
  const places = [
    ...((rewrite.text ?? '') === '' ? [] : [rewrite]),
    ...headers.filter(([name]) => isAuthority(name)).map(([, field]) => field),
  ];
  for (const place of places.slice(1))
    yield {
      code: 'FLO8051',
      path: place.path,
      message: `the authority is already changed by ${places[0]?.path ?? ''}`,
    };
}

function* mirrorFaults(route: Field): Faults {
  yield* oneOfFaults(route, ['mirror', 'mirrors']);
  yield* destinationFaults(route.at('mirror'));
  yield* percentFaults(route.at('mirrorPercentage'));
  yield* deprecatedFaults(route.at('mirrorPercent'), 'mirrorPercentage');
  for (const mirror of route.at('mirrors').items) {
    yield* destinationFaults(mirror.at('destination'));
    yield* percentFaults(mirror.at('percentage'));
  }
}
