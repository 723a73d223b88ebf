/** What servers write when they fail, the clearest lines first. Data. */

export interface FailurePattern {
  readonly pattern: RegExp;
  /** Lines that also match this are not meant. */
  readonly not?: RegExp;
  /** `broken` if not given. */
  readonly cause?: "needs-key" | "broken";
  /** Whether it says that another process has the port. */
  readonly isTakenPort?: true;
  /** `{instance}` stands for its name, `PORT` for the port that the line names. */
  readonly advice?: string;
}

const path = "Install it, or write its full path in the entry: it is not on the instance's PATH";
const network = "Check the network, and the proxy of the instance";
const key =
  /\b(?:api[ _-]?keys?|tokens?|credentials?|client[ _-]?(?:id|secret)|passwords?|secrets?)\b/;
const variable = /\b[A-Z][A-Z0-9]*_[A-Z0-9_]*[A-Z0-9]\b|[Ee]nvironment variables?\b/;
const lacking =
  /\b(?:missing|required?|requires|must|not (?:been )?(?:set|found|provided|configured|defined|specified)|no|undefined|provide|please set|needs?|needed|invalid|expired|unset|without|empty)\b/;
const both = (a: RegExp, b: RegExp) =>
  new RegExp(`(?:${a.source}.*${b.source}|${b.source}.*${a.source})`, "i");

export const failurePatterns: readonly FailurePattern[] = [
  {
    pattern:
      /(?:EADDRINUSE|address already in use|port \d+ (?:is )?(?:already )?(?:in use|taken|occupied))/i,
    isTakenPort: true,
    advice: "Another process uses that port; find it with: cmgr ports --who PORT",
  },
  {
    pattern: /^npm (?:error|ERR!) 404 .*(?:Not Found|not found)/,
    advice: "npm has no such package: check its name in the entry",
  },
  {
    pattern: /No matching version found for/,
    advice: "Check the version in the entry, or remove it",
  },
  {
    pattern: /^npm (?:error|ERR!) code (?:E401|E403|ENEEDAUTH)/,
    cause: "needs-key",
    advice: "Log in to the registry from the instance: cmgr exec {instance} -- npm login",
  },
  {
    pattern:
      /^npm (?:error|ERR!) code (?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ECONNRESET|ERR_SOCKET\w*)/,
    advice: network,
  },
  {
    pattern: /could not determine executable to run/,
    advice: "The package has no program of its own: name one with -p",
  },
  {
    pattern: /^npm (?:error|ERR!) code EBADENGINE|EBADENGINE_STRICT/,
    advice: "Use the version of Node that it requires",
  },
  { pattern: /ENOSPC|no space left on device/i, advice: "Free some space on the disk" },
  {
    pattern: /^npm (?:error|ERR!) code EINTEGRITY/,
    advice: "Empty its cache: cmgr exec {instance} -- npm cache verify",
  },
  { pattern: /install script failed/ },
  {
    pattern: /^(?:npm (?:error|ERR!) )?gyp ERR! (?:find Python|stack Error|build error)/,
    advice: "A part of it must be compiled: install python3, make and g++",
  },
  {
    pattern:
      /^(?:\/?\S*\/)?(?:sh|bash|dash|zsh|env|exec|nohup|timeout|\.cmgr-copy)\b.*(?:not found|No such file or directory)|spawn (\S+) ENOENT|bwrap: execvp (\S+): No such file/,
    advice: path,
  },
  {
    pattern: /GLIBC\w*_[\d.]+.*not found|invalid ELF header|Exec format error|wrong ELF class/i,
    advice: "It was built for another system: install it again",
  },
  {
    pattern:
      /Executable doesn't exist|(?:run|try|execute|with):? .*\b(?:npx|npm|pnpm|yarn|pip3?|uv|bunx?|brew|apt(?:-get)?|playwright)\b.* (?:install|i|add)\b/i,
    advice: "Do what it says, inside the instance: cmgr exec {instance} -- COMMAND",
  },
  {
    pattern: both(key, lacking),
    not: /unexpected token|in JSON|SyntaxError|invalid token '/i,
    cause: "needs-key",
    advice: "Set its key in the env of its entry",
  },
  {
    pattern: new RegExp(
      `${variable.source}.*${lacking.source}|${lacking.source}.*${variable.source}`,
    ),
    not: /ERR_[A-Z]|EBADENGINE|MODULE_NOT_FOUND|^npm /,
    cause: "needs-key",
    advice: "Set that variable in the env of its entry",
  },
  {
    pattern:
      /\bunauthori[sz]ed\b|\b401\b|invalid_grant|not logged in|(?:please|must|need to|first|to) (?:\w+ )?(?:log ?in|sign ?in|authenticate|authori[sz]e)\b|authenti?cation (?:is )?(?:required|failed|needed)|(?:login|authori[sz]ation) (?:is )?(?:required|needed|expired)|auth(?:enticate|orize)? .*\b(?:by visiting|open(?:ing)?|visit)\b/i,
    cause: "needs-key",
    advice: "Log in as it says, inside the instance: cmgr exec {instance} -- COMMAND",
  },
  {
    pattern: /ModuleNotFoundError: .*|Cannot find (?:module|package) .*/,
    advice: "A part of it is missing: install or build it again",
  },
  {
    pattern: /ENOENT: .*|FileNotFoundError: .*|No such file or directory.*/,
    advice: "Check the paths in its entry, and that the instance sees them: cmgr share --help",
  },
  {
    pattern: /\bEACCES\b.*|PermissionError: .*|Permission denied.*|NotCapable: .*|\bEROFS\b.*/i,
    advice: "It has no permission for that in the instance: check the paths in its entry",
  },
  {
    pattern: /(?:self[- ]signed|unable to (?:get|verify)|expired) .*certificate|CERT_\w+/i,
    advice: "Set NODE_EXTRA_CA_CERTS to your certificates, in the env of its entry",
  },
  {
    pattern:
      /\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH)\b.*|fetch failed/,
    advice: network,
  },
  {
    pattern:
      /EBADENGINE|requires? Node(?:\.js)?\b.*\d|Node(?:\.js)? .*\bis not supported|unsupported engine/i,
    advice: "Use the version of Node that it requires",
  },
  { pattern: /heap out of memory|Segmentation fault|panicked at|Out of memory/i },
  {
    pattern:
      /^error: (?:unknown|unexpected|missing|unrecognized|the following)|unknown (?:option|argument|command|flag)|missing required argument|unrecognized arguments|too many arguments|invalid (?:option|argument)/i,
    advice: "Check the arguments in its entry",
  },
  {
    pattern: /^\s*usage:/i,
    advice: "It needs other arguments: check those in its entry",
  },
  {
    pattern:
      /(?:listening|running|started|available|serving)\b.*(?:https?:\/\/|port \d+)|https?:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0):\d+/i,
    advice: "It seems to serve HTTP: look for its option for stdio",
  },
];

/** Lines that never say why. */
export const noise =
  /^npm (?:notice|warn|WARN|http|verb)\b|^npm (?:error|ERR!)\s*$|A complete log of this run|^\(node:\d+\)|^\(Use `node|^Node\.js v\d|^\s+at\s|^\s*\^+\s*$|^\s*[{}[\]]+[,;]?\s*$|^node:internal|^\s+['"\w]+: .*,$|DeprecationWarning|ExperimentalWarning|^\s*$/;
