/** What secrets of well-known services look like. Precise rather than many: a net that cries at everything is cut. */

export interface SecretRule {
  /** Stable, for people who look a finding up or switch a rule off. */
  readonly name: string;
  /** What it is, as a finding says it. */
  readonly meaning: string;
  /** A text without any of them is not looked at further. In their own case. */
  readonly keywords: readonly string[];
  /** Global. Its group `secret`, if it has one, is the secret itself. */
  readonly pattern: RegExp;
  /** Bits a character has at least, on average: a placeholder has fewer. @default 0 */
  readonly leastEntropy?: number;
  /** What a pattern cannot tell. */
  readonly check?: (secret: string) => boolean;
}

export const SECRET_RULES: readonly SecretRule[] = [
  {
    name: 'aws-access-key',
    meaning: 'access key id of AWS',
    keywords: ['AKIA', 'ASIA', 'ABIA', 'ACCA'],
    pattern: /(?<![A-Za-z0-9+/])(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![A-Za-z0-9+/])/g,
    leastEntropy: 3,
    check: secret => !secret.endsWith('EXAMPLE'),
  },
  {
    name: 'aws-secret-key',
    meaning: 'secret access key of AWS',
    keywords: ['aws_secret', 'AWS_SECRET', 'secretAccessKey', 'SecretAccessKey', 'secret_access_key'],
    pattern:
      /(?:aws_secret|secret_?access_?key)\w*\\?["']?\s{0,3}[:=]>?\s{0,3}\\?["']?(?<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])/gi,
    leastEntropy: 4,
    check: secret => !secret.endsWith('EXAMPLEKEY'),
  },
  {
    name: 'github-token',
    meaning: 'token of GitHub',
    keywords: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'],
    pattern: /\bgh[pousr]_[A-Za-z0-9]{36,251}\b/g,
    leastEntropy: 3.3,
  },
  {
    name: 'github-fine-token',
    meaning: 'fine-grained token of GitHub',
    keywords: ['github_pat_'],
    pattern: /\bgithub_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}\b/g,
    leastEntropy: 3.3,
  },
  {
    name: 'gitlab-token',
    meaning: 'token of GitLab',
    keywords: ['glpat-', 'gldt-', 'glrt-', 'glcbt-', 'glptt-', 'glft-', 'glsoat-', 'glagent-', 'gloas-'],
    pattern: /\bgl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|oas)-[\w-]{20,300}(?![\w-])/g,
    leastEntropy: 3,
  },
  {
    name: 'slack-token',
    meaning: 'token of Slack',
    keywords: ['xoxb-', 'xoxp-', 'xoxa-', 'xoxr-', 'xoxs-', 'xoxe-', 'xoxo-', 'xapp-'],
    pattern: /\b(?:xox[abeoprs]|xapp)-\d[0-9A-Za-z-]{20,300}\b/g,
    leastEntropy: 3,
  },
  {
    name: 'slack-webhook',
    meaning: 'address of Slack that anybody can post to',
    keywords: ['hooks.slack.com'],
    pattern:
      /hooks\.slack\.com\/(?:services|workflows|triggers)\/(?<secret>T[A-Z0-9]{6,12}\/[A-Z0-9]{6,14}\/[A-Za-z0-9]{16,32})\b/g,
    leastEntropy: 3,
  },
  {
    name: 'discord-webhook',
    meaning: 'address of Discord that anybody can post to',
    keywords: ['/api/webhooks/'],
    pattern: /discord(?:app)?\.com\/api\/webhooks\/\d{15,21}\/(?<secret>[\w-]{60,80})(?![\w-])/g,
    leastEntropy: 3.5,
  },
  {
    name: 'stripe-key',
    meaning: 'key of Stripe',
    keywords: ['sk_live_', 'rk_live_', 'sk_test_', 'rk_test_', 'whsec_'],
    pattern: /\b(?:[sr]k_(?:live|test)_[0-9A-Za-z]{16,250}|whsec_[0-9A-Za-z+/]{32,64})(?![0-9A-Za-z])/g,
    leastEntropy: 3,
  },
  {
    name: 'npm-token',
    meaning: 'token of npm',
    keywords: ['npm_'],
    pattern: /\bnpm_[A-Za-z0-9]{36}\b/g,
    leastEntropy: 3.3,
  },
  {
    name: 'pypi-token',
    meaning: 'token of PyPI',
    keywords: ['pypi-AgE'],
    pattern: /\bpypi-AgE(?:IcHlwaS5vcmc|NdGVzdC5weXBpLm9yZ)[\w-]{50,1000}(?![\w-])/g,
  },
  {
    name: 'sendgrid-key',
    meaning: 'key of SendGrid',
    keywords: ['SG.'],
    pattern: /\bSG\.[\w-]{22}\.[\w-]{43}(?![\w-])/g,
    leastEntropy: 3.5,
  },
  {
    name: 'twilio-key',
    meaning: 'key of Twilio',
    keywords: ['SK'],
    pattern: /(?<![A-Za-z0-9])SK[0-9a-f]{32}(?![A-Za-z0-9])/g,
    leastEntropy: 3,
  },
  {
    name: 'openai-key',
    meaning: 'key of OpenAI',
    keywords: ['T3BlbkFJ'],
    pattern: /\bsk-(?:proj-|svcacct-|admin-)?[\w-]{20,120}T3BlbkFJ[\w-]{20,120}(?![\w-])/g,
    leastEntropy: 3.5,
  },
  {
    name: 'anthropic-key',
    meaning: 'key of Anthropic',
    keywords: ['sk-ant-'],
    pattern: /\bsk-ant-[a-z]{3,8}\d\d-[\w-]{80,120}(?![\w-])/g,
    leastEntropy: 3.5,
  },
  {
    name: 'google-api-key',
    meaning: 'API key of Google',
    keywords: ['AIza'],
    pattern: /(?<![\w-])AIza[\w-]{35}(?![\w-])/g,
    leastEntropy: 3.3,
  },
  {
    name: 'google-client-secret',
    meaning: 'client secret of Google',
    keywords: ['GOCSPX-'],
    pattern: /\bGOCSPX-[\w-]{28}(?![\w-])/g,
    leastEntropy: 3,
  },
  {
    name: 'azure-storage-key',
    meaning: 'account key of Azure Storage',
    keywords: ['AccountKey=', 'SharedAccessKey='],
    pattern: /(?:AccountKey|SharedAccessKey)=(?<secret>[A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{86}==)/g,
    leastEntropy: 4,
    // The emulator on everybody's machine has this one.
    check: secret => !secret.startsWith('Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1'),
  },
  {
    name: 'azure-sas',
    meaning: 'signature that opens an address of Azure',
    keywords: ['sig='],
    pattern: /[?&;]s[a-z]{1,2}=[^\s"'<>]{1,400}?(?:&|&amp;)sig=(?<secret>[A-Za-z0-9+/%]{43,70}(?:=|%3[Dd]))/g,
    leastEntropy: 3.5,
  },
  {
    name: 'azure-client-secret',
    meaning: 'client secret of Azure',
    keywords: ['Q~'],
    pattern: /(?<![\w~.-])[\w~.-]{3}\dQ~[\w~.-]{31,34}(?![\w~.-])/g,
    leastEntropy: 3.5,
  },
  {
    name: 'vault-token',
    meaning: 'token of HashiCorp Vault',
    keywords: ['hvs.', 'hvb.', 'hvr.'],
    pattern: /(?<![\w.])hv[sbr]\.[\w-]{24,300}(?![\w-])/g,
    leastEntropy: 3.3,
  },
  {
    name: 'docker-token',
    meaning: 'token of Docker Hub',
    keywords: ['dckr_pat_', 'dckr_oat_'],
    pattern: /\bdckr_[po]at_[\w-]{27,40}(?![\w-])/g,
    leastEntropy: 3.3,
  },
  {
    name: 'digitalocean-token',
    meaning: 'token of DigitalOcean',
    keywords: ['dop_v1_', 'doo_v1_', 'dor_v1_'],
    pattern: /\bdo[opr]_v1_[0-9a-f]{64}\b/g,
    leastEntropy: 3,
  },
  {
    name: 'databricks-token',
    meaning: 'token of Databricks',
    keywords: ['dapi'],
    pattern: /\bdapi[0-9a-f]{32}(?:-\d)?\b/g,
    leastEntropy: 3,
  },
  {
    name: 'shopify-token',
    meaning: 'token of Shopify',
    keywords: ['shpat_', 'shpca_', 'shppa_', 'shpss_'],
    pattern: /\bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}\b/g,
    leastEntropy: 3,
  },
  {
    name: 'private-key',
    meaning: 'private key',
    keywords: ['PRIVATE KEY'],
    pattern:
      /-----BEGIN (?:RSA |EC |DSA |OPENSSH |ENCRYPTED |PGP )?PRIVATE KEY(?: BLOCK)?-----(?<secret>[\sA-Za-z0-9+/=:,.\\-]{40,20000}?)-----END/g,
    leastEntropy: 3,
  },
  {
    name: 'jwt',
    meaning: 'JSON Web Token',
    keywords: ['eyJ'],
    pattern: /(?<![\w-])eyJ[\w-]{8,2000}\.eyJ[\w-]{4,8000}\.[\w-]{16,2000}(?![\w-])/g,
    check: isJwt,
  },
  {
    name: 'basic-auth',
    meaning: 'user and password of an Authorization header',
    keywords: ['Basic ', 'basic '],
    pattern: /\b[Bb]asic (?<secret>[A-Za-z0-9+/]{8,400}={0,2})(?![A-Za-z0-9+/=])/g,
    check: isUserAndPassword,
  },
  {
    name: 'url-password',
    meaning: 'password in an address',
    keywords: ['://'],
    pattern: /:\/\/[^\s/:@"'<>\\]{0,100}:(?<secret>[^\s/:@"'<>\\]{4,200})@[\w[]/gi,
    check: isNoPlaceholder,
  },
  {
    name: 'connection-string',
    meaning: 'password of a connection string',
    keywords: ['assword=', 'wd=', 'WD=', 'ASSWORD='],
    pattern:
      /\b(?:server|data source|host|addr|address|uid|user id|username)\s?=[^;\n"'<>]{1,200};[^\n"'<>]{0,300}?\b(?:password|pwd)\s?=\s?(?<secret>[^;\s"'<>]{4,200})/gi,
    check: isNoPlaceholder,
  },
];

function isJwt(token: string): boolean {
  try {
    const header: unknown = JSON.parse(Buffer.from(token.slice(0, token.indexOf('.')), 'base64url').toString('utf8'));
    return typeof header === 'object' && header !== null && 'alg' in header;
  } catch {
    return false;
  }
}

function isUserAndPassword(encoded: string): boolean {
  const [, password = ''] =
    /^[^\p{Cc}:]{1,200}:([^\p{Cc}]{4,})$/u.exec(Buffer.from(encoded, 'base64').toString('utf8')) ?? [];
  return isNoPlaceholder(password);
}

/** What stands in examples, templates and masked texts. */
function isNoPlaceholder(password: string): boolean {
  return (
    password !== '' &&
    !/^(?:\$|%|\{|\[|<|\*+|x+$|\.{3}|…|(?:your|my|the)?[-_]?(?:pass(?:word|wd)?|pwd|secret)$|changeme$|masked$|redacted$|example$)/i.test(
      password,
    )
  );
}
