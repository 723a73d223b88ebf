const words = new Set(
  ("sig token tokens secret secrets password passwords passwd passphrase pwd pass apikey key keys auth " +
    "authorization bearer credential credentials cookie cookies session jwt pat dsn signature " +
    "private salt otp pin webhook").split(" "),
);
const parts = /token|secret|passw|apikey|credential|privatekey|accesskey/;
/** Such a name says where or how long, not what: `AUTH_SERVER_PORT`, `KEY_FILE`. */
const plainEnd =
  /^(ports?|path|file|dir|host|type|mode|enabled|timeout|ttl|length|count|url|uri|id)$/;

/** @param name Of a variable, flag, header, query parameter or JSON key */
export function isSecretName(name: string): boolean {
  const found = name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase().split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
  if (found.length === 0 || plainEnd.test(found[found.length - 1])) return false;
  return found.some((word) => words.has(word) || parts.test(word));
}
