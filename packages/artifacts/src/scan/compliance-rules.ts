/** What need not be a secret and should not stand in a report all the same: personal data, and doors left open. */

export interface ComplianceRule {
  readonly name: string;
  readonly meaning: string;
  /** Global. */
  readonly pattern: RegExp;
  /** Also in scripts and style sheets, where names of authors and of standards stand. */
  readonly inCode: boolean;
  readonly check?: (text: string) => boolean;
}

export const COMPLIANCE_RULES: readonly ComplianceRule[] = [
  {
    name: 'card-number',
    meaning: 'number of a payment card',
    pattern: /(?<![\d.,:/_-])(?:\d[ -]?){12,18}\d(?![\d.,]?\d)/g,
    inCode: false,
    check: isCardNumber,
  },
  {
    name: 'iban',
    meaning: 'number of a bank account',
    pattern: /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b/g,
    inCode: false,
    check: isIban,
  },
  {
    name: 'email-address',
    meaning: 'e-mail address of a person',
    pattern: /(?<![\w.+-])[\w.+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,24}\b/g,
    inCode: false,
    check: text =>
      !/@(?:.*\.)?(?:example(?:\.\w+)?|\w+\.(?:test|invalid|localhost|local|png|jpe?g|svg|js|css))$/i.test(text),
  },
  {
    name: 'plain-http',
    meaning: 'request without encryption to another host',
    pattern: /\bhttp:\/\/(?:[^\s/?#"'<>\\]{1,253})/g,
    inCode: false,
    check: isFarHost,
  },
  {
    name: 'certificate-checks-off',
    meaning: 'checks of certificates are switched off',
    pattern:
      /NODE_TLS_REJECT_UNAUTHORIZED["']?\s?[=:]\s?["']?0|(?:rejectUnauthorized|strictSSL)\\?["']?\s?[:=]\s?false|ignoreHTTPSErrors\\?["']?\s?[:=]\s?true|\bverify\s?=\s?False\b|\bsslmode=disable\b|\bcurl\s(?:[^\n|;]{0,200}\s)?(?:--insecure|-k)\b/g,
    inCode: true,
  },
];

/** About a configuration, not about what a run leaves: whoever knows configurations finds what breaks them. */
export const CONFIGURATION_RULES = [
  { name: 'secret-without-owner', meaning: 'secret of the configuration that names no owner' },
  { name: 'secret-too-old', meaning: 'secret of the configuration that is older than its maxAgeDays' },
] as const;

/** Numbers that payment services give to everybody who tests. */
const TEST_CARDS = new Set(
  '4242424242424242 4111111111111111 4012888888881881 4000056655665556 5555555555554444 5105105105105100 2223003122003222 378282246310005 371449635398431 6011111111111117 6011000990139424 3056930009020004 30569309025904 38520000023237 3530111333300000 3566002020360505'.split(
    ' ',
  ),
);
const ISSUED =
  /^(?:4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|6(?:011|5\d\d)\d{12}|3(?:0[0-5]|[68]\d)\d{11}|35(?:2[89]|[3-8]\d)\d{12})$/;

/** @see https://www.iso.org/standard/70484.html ISO/IEC 7812-1, annex B: the formula of Luhn */
function isCardNumber(text: string): boolean {
  const digits = text.replaceAll(/[ -]/g, '');
  if (!ISSUED.test(digits) || TEST_CARDS.has(digits)) return false;
  let sum = 0;
  for (let n = 0; n < digits.length; n++) {
    const digit = Number(digits[digits.length - 1 - n]) * (n % 2 === 0 ? 1 : 2);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 === 0;
}

/** Characters of an IBAN by country; of others the check digits alone would fit every 97th word. */
const IBAN_LENGTHS: Readonly<Record<string, number>> = Object.fromEntries(
  'AD24 AE23 AT20 BE16 BG22 CH21 CY28 CZ24 DE22 DK18 EE20 ES24 FI18 FR27 GB22 GI23 GR27 HR21 HU28 IE22 IS26 IT27 LI21 LT20 LU20 LV21 MC27 MT31 NL18 NO15 PL28 PT25 RO24 SA24 SE24 SI19 SK24 SM27 TR26 UA29'
    .split(' ')
    .map(entry => [entry.slice(0, 2), Number(entry.slice(2))]),
);

/** @see https://www.iso.org/standard/81090.html ISO 13616-1: the number read with letters as 10 to 35 is 1 modulo 97 */
function isIban(text: string): boolean {
  const iban = text.replaceAll(' ', '');
  if (iban.length !== IBAN_LENGTHS[iban.slice(0, 2)]) return false;
  let rest = 0;
  for (const char of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(char, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

/** Names of standards that look like addresses. Nobody calls them. */
const STANDARDS =
  /(?:^|\.)(?:w3\.org|xmlsoap\.org|openxmlformats\.org|purl\.org|json-schema\.org|xml\.org|schemas\.[\w.-]+|ns\.adobe\.com|apache\.org|opensource\.org|gnu\.org|mozilla\.org)$/i;
const NEAR =
  /^(?:localhost|127\.|10\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|0\.0\.0\.0|\[::1?\]|\[f[cde])|\.(?:localhost|local|test|internal|example|invalid|lan|svc)$|(?:^|\.)example\.\w+$/i;

function isFarHost(text: string): boolean {
  const host = text
    .slice('http://'.length)
    .replace(/^[^@]*@/, '')
    .replace(/:\d*$/, '');
  return host.includes('.') && /^[\w.-]+$/.test(host) && !NEAR.test(host) && !STANDARDS.test(host);
}
