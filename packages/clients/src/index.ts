/**
 * Talks to HTTP APIs so that a bad server costs little and is told plainly.
 *
 * Knows HTTP, OAuth and connections; policies come in as an argument, and what calls did goes out as records. Databases
 * have a door of their own (`./db`). Does not know Playwright: a request context or a browser context is a shape here.
 */
export type { Auth, AuthContext, SecretText, SignableRequest, SignedParts } from './auth/auth.ts';
export { type AwsAuthOptions, type AwsCredentials, awsAuth } from './auth/aws-auth.ts';
export { type AuthSection, createAuth, isAuth, type OAuthSurroundings } from './auth/create-auth.ts';
export { AuthBusyError, AuthError } from './auth/errors.ts';
export { oauth } from './auth/oauth/oauth.ts';
export type { DeviceCode, OAuthGrant, OAuthOptions } from './auth/oauth/oauth-options.ts';
export { type ApiKeyOptions, apiKeyAuth, basicAuth, bearerAuth } from './auth/static-auth.ts';
export { HttpResponse } from './http/answer/http-response.ts';
export type { HttpClientOptions, Interceptor, OutgoingRequest } from './http/client-options.ts';
export { type CookieContext, type CookieSource, contextCookies, cookieJar } from './http/cookies/cookie-source.ts';
export type { Downloaded } from './http/download.ts';
export {
  HttpBodyError,
  HttpBodyUsedError,
  HttpNetworkError,
  HttpPagesError,
  HttpPollError,
  HttpRedirectError,
  HttpSchemaError,
  HttpStatusError,
  HttpTimeoutError,
  HttpTooLargeError,
  type SchemaProblem,
} from './http/errors.ts';
export type { HttpCall } from './http/http-call.ts';
export { createHttpClient, type HttpClient } from './http/http-client.ts';
export type { NextPage, PageOptions } from './http/pages.ts';
export type { PollOptions } from './http/poll.ts';
export {
  type CallFacts,
  type CallOutcome,
  CallRecord,
  type CallWaits,
  type RevealOptions,
  type ShownExchange,
} from './http/record/call-record.ts';
export { type Har, type HarEntry, harOf } from './http/record/to-har.ts';
export type { DiskPart, FilePart, MultipartFields, MultipartValue } from './http/request/multipart.ts';
export type { BodyInput, ExpectedStatus, Query, RequestOptions } from './http/request/request-options.ts';
export {
  type ContextAnswer,
  type ContextTransportOptions,
  contextTransport,
  type ExplicitContextOptions,
  type RequestContext,
} from './http/transport/context-transport.ts';
export type {
  AnswerHeaders,
  OriginStatistics,
  TransferFacts,
  Transport,
  WarmUp,
  WireAnswer,
  WireBody,
  WireRequest,
} from './http/transport/transport.ts';
export type { ConnectionOptions, TlsOptions } from './http/transport/undici-agent.ts';
export { undiciTransport } from './http/transport/undici-transport.ts';
