import type { Faults, Field } from '../findings';
import { durationsFaults, oneOfFaults } from './basics';
import { httpStatusFaults } from './fault-injection';
import { expressionFaults } from './string-match';

/** Istio's HTTPRedirect. */
export function* redirectFaults(redirect: Field): Faults {
  if (!redirect.given) return;
  yield* oneOfFaults(redirect, ['port', 'derivePort']);
  yield* oneOfFaults(redirect, ['uri', 'prefixRewrite']);
  const targets = ['uri', 'prefixRewrite', 'authority', 'scheme', 'port', 'derivePort'];
  if (redirect.among(targets).every(({ value }) => value === ''))
    yield { code: 'FLO8050', path: redirect.path, message: 'the redirect leads to where the request came from' };
  const code = redirect.at('redirectCode');
  if (code.number !== undefined && code.number !== 0 && (code.number < 300 || code.number > 399))
    yield { code: 'FLO8050', path: code.path, message: `${code.number} is no status of a redirect (300 to 399)` };
  const scheme = redirect.at('scheme');
  if (!['', 'http', 'https'].includes(scheme.text ?? ''))
    yield {
      code: 'FLO8050',
      path: scheme.path,
      message: `"${scheme.text}" is no scheme to redirect to`,
      hint: 'write http or https',
    };
}

const LARGE_BYTES = 100 * 1024;
const LARGEST_BYTES = 1024 * 1024;

/** Istio's HTTPDirectResponse. */
export function* responseFaults(response: Field): Faults {
  if (!response.given) return;
  yield* httpStatusFaults(response.at('status'), 'FLO8055');
  const body = response.at('body');
  yield* oneOfFaults(body, ['string', 'bytes']);
  const bytes = body.at('bytes');
  const isBase64 = bytes.text === undefined || Buffer.from(bytes.text, 'base64').toString('base64') === bytes.text;
  if (!isBase64) yield { code: 'FLO8055', path: bytes.path, message: 'the bytes of a body are written in base64' };
  const size = Math.max(
    Buffer.byteLength(body.at('string').text ?? ''),
    Buffer.byteLength(bytes.text ?? '', isBase64 ? 'base64' : 'utf8'),
  );
  if (size > LARGEST_BYTES)
    yield { code: 'FLO8055', path: body.path, message: `a body of ${size} bytes is more than 1 MiB` };
  else if (size > LARGE_BYTES)
    yield {
      code: 'FLO8056',
      path: body.path,
      message: `a body of ${size} bytes is sent to every proxy with the routes`,
    };
}

/** Envoy's retry policies (https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter). */
const RETRY_ON: readonly string[] = [
  ...['5xx', 'gateway-error', 'reset', 'reset-before-request', 'connect-failure', 'retriable-4xx', 'refused-stream'],
  ...['retriable-status-codes', 'retriable-headers', 'envoy-ratelimited', 'http3-post-connect-failure'],
  ...['cancelled', 'deadline-exceeded', 'internal', 'resource-exhausted', 'unavailable'],
];

/** Statuses that IANA has registered, as `retryOn` takes them. */
const STATUSES: readonly (readonly [from: number, to: number])[] = [
  [100, 103],
  [200, 208],
  [226, 226],
  [300, 308],
  [400, 418],
  [421, 426],
  [428, 429],
  [431, 431],
  [451, 451],
  [500, 508],
  [510, 511],
];

function isStatus(text: string): boolean {
  return /^[0-9]{3}$/.test(text) && STATUSES.some(([from, to]) => Number(text) >= from && Number(text) <= to);
}

/** Istio's HTTPRetry. */
export function* retryFaults(retries: Field): Faults {
  if (!retries.given) return;
  const attempts = retries.at('attempts');
  const settings = retries
    .among(['perTryTimeout', 'retryOn', 'retryRemoteLocalities'])
    .filter(({ value }) => value !== '');
  if ((attempts.number ?? 0) === 0 && settings.length > 0)
    yield {
      code: 'FLO8052',
      path: attempts.path,
      message: 'with attempts 0 nothing is tried again, so the other fields do nothing',
    };
  yield* durationsFaults(retries, ['perTryTimeout', 'backoff']);
  const on = retries.at('retryOn');
  for (const policy of (on.text ?? '') === '' ? [] : (on.text ?? '').split(',')) {
    if (RETRY_ON.includes(policy) || isStatus(policy)) continue;
    yield {
      code: 'FLO8052',
      path: on.path,
      message: `"${policy}" is nothing to retry on`,
      hint: `use ${RETRY_ON.slice(0, 5).join(', ')} or a status`,
    };
  }
}

/** Istio's HTTPRewrite. */
export function* rewriteFaults(rewrite: Field): Faults {
  if (!rewrite.given) return;
  const [uri, pattern, authority] = [rewrite.at('uri'), rewrite.at('uriRegexRewrite'), rewrite.at('authority')];
  if ((uri.text ?? '') !== '' && pattern.given)
    yield { code: 'FLO8006', path: rewrite.path, message: 'uri and uriRegexRewrite exclude one another' };
  if ((uri.text ?? '') === '' && !pattern.given && (authority.text ?? '') === '')
    yield {
      code: 'FLO8051',
      path: rewrite.path,
      message: 'the rewrite changes nothing: give uri, uriRegexRewrite or authority',
    };
  if (!pattern.given) return;
  for (const name of ['match', 'rewrite']) {
    if ((pattern.at(name).text ?? '') === '')
      yield { code: 'FLO8051', path: pattern.path, message: `uriRegexRewrite needs ${name}` };
  }
  if ((pattern.at('match').text ?? '') !== '') yield* expressionFaults(pattern.at('match'));
}
