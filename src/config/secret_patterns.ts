/**
 * Finds secrets in text, by what they look like or what is before them. The text may be long, so
 * the time must grow only linearly: each pattern begins only where a run of its characters begins,
 * or matches the whole run whatever follows, and plain searches do the rest.
 */
import { isSecretName } from "./secret_names.ts";

/** Takes a secret, and gives what is shown in its place. */
export type Hide = (secret: string) => string;

const knownTokens =
  /\b(?:(?:sk|pk|rk|glpat|xox[a-z]|xapp|lin_api|shpat|dop_v1|pypi|sbp|fc|tvly|pplx|gsk|r8|sntrys|phc|ya29)[-_.]|(?:gh[opusr]|github_pat|npm|ntn|hf|secret)_|AKIA|ASIA|AIza|SG\.)[A-Za-z0-9][A-Za-z0-9_.-]{10,}/g;
const uuid = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi;
const pem = /-----BEGIN [^-]+-----[\s\S]*?(?:-----END [^-]+-----|$)/g;
const scheme = /\b(Bearer|Basic|Token|Digest)(\s+)(\S+)/gi;
const headerName = /(?<=^|["'\s])(?:--?|\/)?([A-Za-z][\w-]*)(?:\s*:\s+|:(?=[^\s/\\]))/gm;
const headerValue = /.+/y;
const flagName = /(?<![\w-])--?(?!no-)([A-Za-z][\w-]*)\s+(?!-)/g;
const headerFlag = /(?<![\w-])(?:-H|--headers?)(?:\s+|=)["']?[\w-]+\s*:\s*/g;
const userFlag = /(?<![\w-])(?:-u|--user)(?:\s+|=)?["']?[\w.@-]*:/g;
const flagHeader = /[^"'\n]+/y;
const assignedName = /(?<![\w.-])([\w.-]+)\s*=\s*/g;
const assignedValue = /"[^"]*"|'[^']*'|[^\s&"',;]+/y;
const spaced = /[^\s"'()<>,;]+/g;
const unquoted = /[^\s"']+/g;
const unquotedWord = /[^\s"']+/y;
const dotted = /[\w-]+(?:\.[\w-]+)*/g;
const run = /[A-Za-z0-9+_=-]{16,}/g;
/** A path on disk, such as `/home/ada/.npm/_npx/9833c18b2d85bc59`. */
const pathWord = /^(?:file:\/\/)?(?:[/~.]|[A-Za-z]:[\\/])/;

export function hideSecrets(text: string, hide: Hide): string {
  let result = text.replace(pem, hide).replace(unquoted, (word) => hideUserInfo(word, hide));
  result = hideValues(result, headerFlag, flagHeader, hide, () => true);
  result = hideValues(result, userFlag, unquotedWord, hide, () => true);
  result = hideNamedValues(result, flagName, assignedValue, hide);
  result = hideNamedValues(result, headerName, headerValue, hide)
    .replace(
      scheme,
      (all, name, gap, value) => isWord(value, name) ? all : `${name}${gap}${hide(value)}`,
    );
  return hideNamedValues(result, assignedName, assignedValue, hide)
    .replace(dotted, (word) => hideJwt(word, hide))
    .replace(
      knownTokens,
      (word) => /[0-9A-Z]/.test(word.replace(/^[A-Z]{2,4}/, "")) ? hide(word) : word,
    )
    .replace(uuid, hide)
    .replace(
      spaced,
      (word) =>
        pathWord.test(word)
          ? word
          : word.replace(run, (piece) => isRandom(piece) ? hide(piece) : piece),
    );
}

/** Whether a plain word follows the name of a scheme, as in "the token is missing". */
function isWord(value: string, scheme: string): boolean {
  return /^(?:bearer)$/i.test(scheme)
    ? /^(?:tokens?|auth\w*|is|was|in|for|must|not|headers?|scheme)\W*$/i.test(value)
    : /^[A-Za-z][a-z]*\W*$/.test(value) && value.length < 20;
}

const functionWords =
  /(?:^|\s)(?:is|are|was|the|an?|to|in|not|or|and|set|for|of|must|has|have|with|your|please|from|be|could|cannot|failed|no)(?=\s|[.,;:!?]|$)/i;
const missing =
  /^(?:missing|required|undefined|null|none|invalid|expired|empty|unset|true|false)\W*$/i;

/** Whether what follows a name is about the secret: "API key: not set in the environment". */
function isSentence(value: string): boolean {
  if (missing.test(value)) return true;
  const words = value.split(/\s+/);
  return words.length > 1 && functionWords.test(value) &&
    words.every((word) => !/\d{3}|[A-Za-z]\d|\d[A-Za-z]/.test(word) && word.length < 40);
}

/** As {@linkcode hideValues}, where the name says that the value is secret. */
function hideNamedValues(text: string, names: RegExp, value: RegExp, hide: Hide): string {
  return hideValues(text, names, value, hide, (name) => {
    return isSecretName(name.replace(/^[^A-Za-z]+/, ""));
  });
}

/** @param names Matches up to a value, with its name in the first group */
function hideValues(
  text: string,
  names: RegExp,
  value: RegExp,
  hide: Hide,
  isSecret: (name: string) => boolean,
): string {
  let result = "";
  let done = 0;
  for (const match of text.matchAll(names)) {
    if (match.index < done || !isSecret(match[1])) continue;
    value.lastIndex = match.index + match[0].length;
    const secret = value.exec(text);
    if (secret === null || isSentence(secret[0])) continue;
    result += text.slice(done, secret.index) + hide(secret[0]);
    done = secret.index + secret[0].length;
  }
  return result + text.slice(done);
}

/** `https://user:password@host`, `https://token@host`; a password may contain any of `/:@`. */
function hideUserInfo(word: string, hide: Hide): string {
  const last = word.lastIndexOf("@");
  let result = "";
  let done = 0;
  for (let at = word.indexOf("://"); at !== -1 && at < last; at = word.indexOf("://", at + 3)) {
    if (at < done || !/[a-z0-9+.-]/i.test(word.charAt(at - 1))) continue;
    const start = at + 3;
    const mark = start + word.slice(start).search(/[/:@]/);
    // A port with a path: `http://r.example:4873/@scope`.
    if (
      /^:\d{1,5}[/?#]/.test(word.slice(mark, mark + 7)) &&
      !/:\d{1,5}[/?#]/.test(word.slice(mark + 1, last))
    ) continue;
    if (word[mark] === "/" || mark === start && word[mark] === "@") continue;
    const end = word[mark] === ":" ? last : mark;
    result += word.slice(done, start) + hide(word.slice(start, end));
    done = end;
  }
  return result + word.slice(done);
}

function hideJwt(word: string, hide: Hide): string {
  const start = word.search(/\beyJ[\w-]{8}/);
  if (start === -1 || !word.includes(".", start + 11)) return word;
  return word.slice(0, start) + hide(word.slice(start));
}

/** Letters and digits are mixed, unlike in words and versions. */
function isRandom(text: string): boolean {
  return text.split(/[-_]/).some((piece) =>
    piece.length >= 16 && /[A-Za-z]/.test(piece) && (piece.match(/\d/g) ?? []).length >= 2
  );
}
