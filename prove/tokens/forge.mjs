// Forges the tokens of testdata/forged.json. Each was made by jose, or by hand where jose refuses to make one so wrong;
// the test presents them to the service, whose tokens are read by another library. The keys are made here, sign what is
// written, and are forgotten: the file keeps their public halves alone, and nothing but the test ever believes them.
// Dates lie in 2001 and 2100, so that the file does not age.
import { createHmac, createPrivateKey, createPublicKey, KeyObject, sign as signBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import * as jose from "jose";

const issuer = "https://issuer.example";
const past = 1_000_000_000, far = 4_102_444_800;
const claims = {
  iss: issuer, aud: "dps", sub: "kent.commissioner", org: "09033bc4-3951-5c12-a39b-d8efc3700330",
  exp: far, capacities: ["commissioner"], epoch: 0,
};

const bytes = (text) => new TextEncoder().encode(text);
const b64 = (data) => Buffer.from(data).toString("base64url");
const pair = (alg) => jose.generateKeyPair(alg, { extractable: true });
const keys = { rsa: await pair("RS256"), ec: await pair("ES256"), ed: await pair("EdDSA") };
const algorithms = { rsa: "RS256", ec: "ES256", ed: "EdDSA" };
const strangers = { rsa: await pair("RS256"), ec: await pair("ES256"), ed: await pair("EdDSA") };
const encryption = await pair("RSA-OAEP-256");
const shared = bytes("a shared secret of thirty-two b.");

const published = [];
for (const [kid, alg] of Object.entries(algorithms)) published.push({ ...(await jose.exportJWK(keys[kid].publicKey)), kid, alg, use: "sig" });
published.push({ ...(await jose.exportJWK(encryption.publicKey)), kid: "enc", alg: "RSA-OAEP-256", use: "enc" });
published.push({ kty: "oct", k: b64(shared), kid: "oct", alg: "HS256", use: "sig" });

const good = [], forged = [];
const believe = (name, token, scheme = "Bearer") => good.push({ name, authorization: [`${scheme} ${token}`] });
const forge = (name, token, scheme = "Bearer") => forged.push({ name, authorization: [`${scheme} ${token}`] });
const show = (name, ...authorization) => forged.push({ name, authorization });

// jwt is what jose signs: claims changed, headers added.
const jwt = (change = {}, header = {}, key = keys.ed.privateKey) =>
  new jose.SignJWT(changed(change)).setProtectedHeader({ alg: "EdDSA", kid: "ed", ...header }).sign(key);
// text signs a payload as it is written.
const text = (payload, header = {}, options = {}) =>
  new jose.CompactSign(typeof payload === "string" ? bytes(payload) : payload)
    .setProtectedHeader({ alg: "EdDSA", kid: "ed", ...header }).sign(keys.ed.privateKey, options);
// raw signs what jose would not: the header's text is anything.
const raw = (header, payload, sign) => {
  const data = `${b64(typeof header === "string" ? header : JSON.stringify(header))}.${b64(typeof payload === "string" ? payload : JSON.stringify(payload))}`;
  return `${data}.${b64(sign(Buffer.from(data)))}`;
};
const changed = (change) => Object.fromEntries(Object.entries({ ...claims, ...change }).filter(([, value]) => value !== undefined));
const node = (key) => KeyObject.from(key);
const byEd = (data) => signBytes(null, data, node(keys.ed.privateKey));
const byRSA = (data) => signBytes("sha256", data, node(keys.rsa.privateKey));
const byEC = (data) => signBytes("sha256", data, { key: node(keys.ec.privateKey), dsaEncoding: "ieee-p1363" });
const nothing = () => Buffer.alloc(0);
const whole = JSON.stringify(claims);

// What is to be believed, so that a refusal of the others shows something.
for (const [kid, alg] of Object.entries(algorithms)) believe(`of the key ${kid}`, await jwt({}, { alg, kid }, keys[kid].privateKey));
believe("for us among others", await jwt({ aud: ["elsewhere", "dps"] }));
believe("with the scheme in lower case", await jwt(), "bearer");
believe("with the scheme in upper case", await jwt(), "BEARER");
believe("with an end between two seconds", await jwt({ exp: far + 0.5 }));
believe("with an organisation in upper case", await jwt({ org: claims.org.toUpperCase() }));
believe("with a capacity of another system", await jwt({ capacities: ["commissioner", "director"] }));
believe("with a capacity named twice", await jwt({ capacities: ["commissioner", "commissioner"] }));
believe("with white space in its claims", await text(` ${JSON.stringify(claims, null, 2)}\n`));
believe("with claims that we do not know", await jwt({ name: "Synthetic", roles: ["keeper"], nested: { sub: "other" } }));
believe("with dates that have come", await jwt({ nbf: past, iat: past }));
believe("with the highest epoch", await jwt({ epoch: 2 ** 31 - 1 }));
believe("with a type", await jwt({}, { typ: "at+jwt" }));
believe("with an address that nobody follows", await jwt({}, { jku: "https://elsewhere.example/keys" }));

// No signature at all.
forge("none, as jose makes it", new jose.UnsecuredJWT(claims).encode());
for (const alg of ["none", "None", "NONE", "nOnE", " none", "none ", "", "null", "n\u00f6ne", "non\u0435"]) {
  forge(`algorithm ${JSON.stringify(alg)}`, raw({ alg, kid: "ed" }, claims, nothing));
}
forge("none with a good signature behind it", raw({ alg: "none", kid: "ed" }, claims, byEd));
for (const [name, alg] of Object.entries({ null: null, "a number": 0, "a list": ["EdDSA"], "an object": { name: "EdDSA" }, true: true })) {
  forge(`algorithm is ${name}`, raw({ alg, kid: "ed" }, claims, byEd));
}
forge("without an algorithm", raw({ kid: "ed" }, claims, byEd));
forge("algorithm twice, none last", raw('{"alg":"EdDSA","kid":"ed","alg":"none"}', claims, nothing));
forge("algorithm twice, none first", raw('{"alg":"none","kid":"ed","alg":"EdDSA"}', claims, byEd));

// A public key as the secret of an HMAC.
const publicForms = {};
for (const kid of Object.keys(keys)) {
  const key = createPublicKey(await jose.exportSPKI(keys[kid].publicKey));
  publicForms[`${kid} as PEM`] = bytes(key.export({ type: "spki", format: "pem" }));
  publicForms[`${kid} as PEM without its last line break`] = bytes(key.export({ type: "spki", format: "pem" }).trimEnd());
  publicForms[`${kid} as DER`] = key.export({ type: "spki", format: "der" });
  publicForms[`${kid} as JWK`] = bytes(JSON.stringify(await jose.exportJWK(keys[kid].publicKey)));
}
publicForms["rsa as PKCS 1"] = bytes(createPublicKey(await jose.exportSPKI(keys.rsa.publicKey)).export({ type: "pkcs1", format: "pem" }));
publicForms["ed as its 32 bytes"] = Buffer.from((await jose.exportJWK(keys.ed.publicKey)).x, "base64url");
publicForms["rsa as its modulus"] = Buffer.from((await jose.exportJWK(keys.rsa.publicKey)).n, "base64url");
for (const [name, secret] of Object.entries(publicForms)) {
  forge(`HS256 by the public key ${name}`, await jwt({}, { alg: "HS256", kid: name.split(" ")[0] }, new Uint8Array(secret)));
}
forge("HS384 by a public key", await jwt({}, { alg: "HS384" }, new Uint8Array(publicForms["ed as its 32 bytes"])));
forge("HS512 by a public key", await jwt({}, { alg: "HS512" }, new Uint8Array(publicForms["ed as its 32 bytes"])));
forge("HS256 by a shared secret that is published", await jwt({}, { alg: "HS256", kid: "oct" }, shared));
forge("HS256 by an empty secret", raw({ alg: "HS256", kid: "ed" }, claims, (data) => createHmac("sha256", "").update(data).digest()));

// Another's key.
for (const [kid, alg] of Object.entries(algorithms)) {
  forge(`the key id ${kid}, a stranger's key`, await jwt({}, { alg, kid }, strangers[kid].privateKey));
}
forge("another's key id", await jwt({}, { kid: "rsa" }));
forge("the key for encryption", raw({ alg: "RS256", kid: "enc" }, claims, (data) => signBytes("sha256", data, node(encryption.privateKey))));
for (const [name, kid] of Object.entries({
  unknown: "nobody", empty: "", "in another case": "ED", "with a space": "ed ", "a path": "../../../../dev/null", "a file": "/proc/self/environ",
  SQL: "ed' OR '1'='1", "SQL, a union": "x' UNION SELECT 'key' --", "a command": "ed; cat /etc/passwd", "an address": "https://elsewhere.example/key",
  "a null byte": "ed\u0000", "a line break": "ed\r\nX-Forged: 1", "of many letters": "k".repeat(2000), unicode: "\uff45\uff44", "a template": "{{ed}}",
})) forge(`key id ${name}`, await jwt({}, { kid }));
forge("without a key id", await jwt({}, { kid: undefined }));
for (const [name, kid] of Object.entries({ null: null, "a number": 0, "a list": ["ed"], "an object": { kid: "ed" } })) {
  forge(`key id is ${name}`, raw({ alg: "EdDSA", kid }, claims, byEd));
}
forge("key id in another spelling of its name", raw({ alg: "EdDSA", KID: "ed" }, claims, byEd));

// A key that the token brings along.
const own = { ...(await jose.exportJWK(strangers.ed.publicKey)), kid: "ed", alg: "EdDSA", use: "sig" };
const certificate = b64("a certificate that is none");
for (const [name, header] of Object.entries({
  jwk: { jwk: own }, "jwk, under a key id of its own": { jwk: { ...own, kid: "mine" }, kid: "mine" }, "jwk without a key id": { jwk: own, kid: undefined },
  jku: { jku: "https://elsewhere.example/keys" }, "jku with its key id": { jku: "https://elsewhere.example/keys", kid: "mine" },
  "jku to ourselves": { jku: `${issuer}/keys` }, "jku as data": { jku: `data:application/json;base64,${b64(JSON.stringify({ keys: [own] }))}`, kid: "mine" },
  "jku as file": { jku: "file:///dev/stdin", kid: "mine" }, x5u: { x5u: "https://elsewhere.example/chain.pem" },
  x5c: { x5c: [certificate] }, "x5c, key id its thumbprint": { x5c: [certificate], kid: await jose.calculateJwkThumbprint(own) }, x5t: { x5t: b64("thumb") },
})) forge(`brings its key: ${name}`, await jwt({}, header, strangers.ed.privateKey));

// One algorithm named, another used.
forge("PS256 by the RSA key", raw({ alg: "PS256", kid: "rsa" }, claims, (data) => signBytes("sha256", data, { key: node(keys.rsa.privateKey), padding: 6, saltLength: 32 })));
forge("RS256 named, PS256 used", raw({ alg: "RS256", kid: "rsa" }, claims, (data) => signBytes("sha256", data, { key: node(keys.rsa.privateKey), padding: 6, saltLength: 32 })));
for (const bits of [384, 512]) {
  forge(`RS${bits}`, raw({ alg: `RS${bits}`, kid: "rsa" }, claims, (data) => signBytes(`sha${bits}`, data, node(keys.rsa.privateKey))));
}
forge("RS256 named, SHA-1 used", raw({ alg: "RS256", kid: "rsa" }, claims, (data) => signBytes("sha1", data, node(keys.rsa.privateKey))));
forge("RS1", raw({ alg: "RS1", kid: "rsa" }, claims, (data) => signBytes("sha1", data, node(keys.rsa.privateKey))));
forge("ES256 named, the Ed key's signature", raw({ alg: "ES256", kid: "ec" }, claims, byEd));
forge("EdDSA named, the EC key's signature", raw({ alg: "EdDSA", kid: "ed" }, claims, byEC));
forge("ES256 by the Ed key's id", raw({ alg: "ES256", kid: "ed" }, claims, byEC));
forge("RS256 by the EC key's id", raw({ alg: "RS256", kid: "ec" }, claims, byRSA));
forge("ES384", raw({ alg: "ES384", kid: "ec" }, claims, (data) => signBytes("sha384", data, { key: node(keys.ec.privateKey), dsaEncoding: "ieee-p1363" })));
forge("ES256K", raw({ alg: "ES256K", kid: "ec" }, claims, byEC));
forge("Ed448", raw({ alg: "Ed448", kid: "ed" }, claims, byEd));
forge("algorithm in another case", raw({ alg: "eddsa", kid: "ed" }, claims, byEd));

// Texts that are not signatures.
const size = Buffer.from("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", "hex"); // the order of P-256
for (const [name, signature] of Object.entries({
  zero: Buffer.alloc(64), "r and s the order": Buffer.concat([size, size]), "r zero": Buffer.concat([Buffer.alloc(32), Buffer.alloc(32, 1)]),
  "s zero": Buffer.concat([Buffer.alloc(32, 1), Buffer.alloc(32)]), "all ones": Buffer.alloc(64, 255), empty: Buffer.alloc(0), "of one byte": Buffer.alloc(1),
  "of a kilobyte": Buffer.alloc(1024),
})) forge(`ES256 ${name}`, raw({ alg: "ES256", kid: "ec" }, claims, () => signature));
forge("ES256 as DER", raw({ alg: "ES256", kid: "ec" }, claims, (data) => signBytes("sha256", data, node(keys.ec.privateKey))));
forge("ES256 cut", raw({ alg: "ES256", kid: "ec" }, claims, (data) => byEC(data).subarray(0, 63)));
forge("ES256 with a byte more", raw({ alg: "ES256", kid: "ec" }, claims, (data) => Buffer.concat([byEC(data), Buffer.alloc(1)])));
forge("ES256 with zeros between", raw({ alg: "ES256", kid: "ec" }, claims, (data) => Buffer.concat([Buffer.alloc(1), byEC(data).subarray(0, 32), Buffer.alloc(1), byEC(data).subarray(32)])));
forge("RS256 cut", raw({ alg: "RS256", kid: "rsa" }, claims, (data) => byRSA(data).subarray(0, 255)));
forge("RS256 zero", raw({ alg: "RS256", kid: "rsa" }, claims, () => Buffer.alloc(256)));
forge("RS256 one", raw({ alg: "RS256", kid: "rsa" }, claims, () => Buffer.concat([Buffer.alloc(255), Buffer.alloc(1, 1)])));
forge("EdDSA zero", raw({ alg: "EdDSA", kid: "ed" }, claims, () => Buffer.alloc(64)));
forge("EdDSA cut", raw({ alg: "EdDSA", kid: "ed" }, claims, (data) => byEd(data).subarray(0, 63)));
const order = (1n << 252n) + 27742317777372353535851937790883648493n; // of Ed25519's group: S + L is S once more
forge("EdDSA with another S of the same value", raw({ alg: "EdDSA", kid: "ed" }, claims, (data) => {
  const signature = byEd(data), s = signature.subarray(32);
  let twin = BigInt(`0x${Buffer.from(s).reverse().toString("hex")}`) + order;
  for (let i = 0; i < 32; i++, twin >>= 8n) s[i] = Number(twin & 255n);
  return signature;
}));

// A good token, broken.
const [head, body, signature] = (await jwt()).split(".");
const other = (await jwt({ sub: "kent.approver", capacities: ["approver"] })).split(".");
const last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const twin = (part) => part.slice(0, -1) + last[last.indexOf(part.at(-1)) ^ 1]; // the same bytes, other bits behind them
forge("cut", `${head}.${body}.${signature.slice(0, -4)}`);
forge("longer", `${head}.${body}.${signature}AA`);
forge("with another's claims", `${head}.${other[1]}.${signature}`);
forge("with another's signature", `${head}.${body}.${other[2]}`);
forge("without its signature", `${head}.${body}.`);
forge("of two parts", `${head}.${body}`);
forge("of one part", head);
forge("of four parts", `${head}.${body}.${signature}.${signature}`);
forge("of dots alone", "..");
forge("with its signature twice", `${head}.${body}.${signature}${signature}`);
forge("with other bits behind its signature", `${head}.${body}.${twin(signature)}`);
forge("with padding", `${head}.${body}.${signature}==`);
forge("in the other alphabet", `${head}.${body}.${"+/".repeat(43)}`);
forge("with a space inside", `${head}. ${body}.${signature}`);
forge("with a space behind and more", `${head}.${body}.${signature} more`);
forge("with a tab before", `\t${head}.${body}.${signature}`);
forge("with two spaces before", ` ${head}.${body}.${signature}`);
forge("in quotes", `"${head}.${body}.${signature}"`);
forge("with a comma and a second", `${head}.${body}.${signature},${head}.${body}.${signature}`);
forge("as JSON", JSON.stringify({ payload: body, protected: head, signature }));
forge("very long", await jwt({ filler: "x".repeat(9000) }));
forge("very long behind", `${head}.${body}.${signature}${"A".repeat(9000)}`);
show("twice", `Bearer ${head}.${body}.${signature}`, `Bearer ${head}.${body}.${signature}`);
show("beside an invitation", `Bearer ${head}.${body}.${signature}`, "Invitation AAAA-AAAA");
show("of another scheme", `Basic ${head}.${body}.${signature}`);
show("of no scheme", `${head}.${body}.${signature}`);
show("of a scheme like ours", `Bearers ${head}.${body}.${signature}`);
show("a scheme alone", "Bearer");
show("an empty header", "");

// Extensions, and what is no signed set of claims.
forge("an extension that nobody knows", await text(whole, { crit: ["urn:example:forged"], "urn:example:forged": true }, { crit: { "urn:example:forged": true } }));
forge("an extension that is a claim", raw({ alg: "EdDSA", kid: "ed", crit: ["exp"], exp: far }, claims, byEd));
forge("no extensions, but critical", raw({ alg: "EdDSA", kid: "ed", crit: [] }, claims, byEd));
forge("critical is null", raw({ alg: "EdDSA", kid: "ed", crit: null }, claims, byEd));
const unencoded = await new jose.FlattenedSign(bytes(whole)).setProtectedHeader({ alg: "EdDSA", kid: "ed", b64: false, crit: ["b64"] }).sign(keys.ed.privateKey);
forge("claims not encoded", `${unencoded.protected}.${b64(whole)}.${unencoded.signature}`);
forge("claims not encoded, nor said to be", raw({ alg: "EdDSA", kid: "ed", b64: false }, claims, () => signBytes(null, Buffer.from(`${b64(JSON.stringify({ alg: "EdDSA", kid: "ed", b64: false }))}.${whole}`), node(keys.ed.privateKey))));
forge("a token in a token", await text(await jwt(), { cty: "JWT" }));
forge("encrypted to us", await new jose.EncryptJWT(claims).setProtectedHeader({ alg: "RSA-OAEP-256", enc: "A256GCM", kid: "enc" }).encrypt(encryption.publicKey));
forge("encrypted by a shared secret", await new jose.EncryptJWT(claims).setProtectedHeader({ alg: "dir", enc: "A128CBC-HS256", kid: "oct" }).encrypt(shared));
forge("encrypted, a good token inside", await new jose.CompactEncrypt(bytes(await jwt())).setProtectedHeader({ alg: "RSA-OAEP-256", enc: "A256GCM", kid: "enc", cty: "JWT" }).encrypt(encryption.publicKey));

// Claims that the right key has signed, and that are not enough.
const wrong = {
  iss: { other: "https://other.example", "with a slash more": `${issuer}/`, "in another case": issuer.toUpperCase(), "of two": [issuer], empty: "", "a number": 1, null: null },
  aud: { other: "elsewhere", "in another case": "DPS", "with a space": "dps ", "of others": ["a", "b"], "an empty list": [], empty: "", "a number": 1, "a list in a list": [["dps"]], "an object": { dps: true }, null: null },
  sub: {
    empty: "", "a space": " ", "with a space before": " kent", "with a null byte": "kent\u0000", "with a line break": "kent\nforged", "with an escape": "kent\u001b[2J", "with a direction": "kent\u202ereganam",
    unicode: "k\u0435nt", "too long": "a".repeat(256), "a number": 1, "a list": ["kent.commissioner"], null: null,
    "of the clock": "system", "of the public": "Public", "of families": "FAMILY", "of the keeper": "keeper", "of the worker": "worker",
  },
  org: {
    "of no form": "Kent", nil: "00000000-0000-0000-0000-000000000000", "in braces": `{${claims.org}}`, "as URN": `urn:uuid:${claims.org}`, "without hyphens": claims.org.replaceAll("-", ""), empty: "",
    "a list": [claims.org], "of two": `${claims.org},${claims.org}`, "with SQL": `${claims.org}' OR true --`, "a number": 1, null: null,
  },
  exp: { "long ago": past, zero: 0, negative: -1, "a text": `${far}`, "a date": "2100-01-01T00:00:00Z", huge: 1e300, "beyond all years": 1e18, "a list": [far], true: true, null: null },
  nbf: { "to come": far, "a text": `${past}`, huge: 1e300, negative: -1e300, "a date": "2001-09-09", null: null },
  iat: { "to come": far, "a text": `${past}`, huge: 1e300, null: null },
  capacities: {
    "an empty list": [], "a text": "commissioner", "several in a text": "commissioner,approver", unknown: ["director"], keeper: ["keeper"], worker: ["worker"],
    "one more, the keeper": ["commissioner", "keeper"], "one more, the worker": ["commissioner", "worker"], public: ["public"], family: ["family"], "in another case": ["Commissioner"], "with a space": ["commissioner "],
    "of the policy": ["role:commissioner"], "of the database": ["dps_owner"], "a star": ["*"], "an empty one": [""], numbers: [0], "a list in a list": [["commissioner"]], "an object": { 0: "commissioner" }, "one of them null": ["commissioner", null], null: null,
  },
  epoch: { negative: -1, "a text": "0", huge: 2 ** 31, "very huge": 1e30, "between two": 0.5, true: true, "a list": [0], null: null },
};
for (const [claim, values] of Object.entries(wrong)) {
  if (claim !== "nbf" && claim !== "iat") forge(`without ${claim}`, await jwt({ [claim]: undefined }));
  for (const [name, value] of Object.entries(values)) forge(`${claim} ${name}`, await text(JSON.stringify({ ...claims, [claim]: value })));
}

// Claims that two readers read differently.
const extra = (more) => `${whole.slice(0, -1)},${more}}`;
for (const [name, payload] of Object.entries({
  "a claim twice": extra('"sub":"kent.approver"'), "a claim twice, the same": extra('"epoch":0'), "its end twice": extra(`"exp":${far + 1}`), "its audience twice": extra('"aud":["dps"]'),
  "a capacity in another case": extra('"Capacities":["approver"]'), "a subject in another case": extra('"SUB":"kent.approver"'), "an organisation by an escape": extra('"\\u006frg":"00000000-0000-0000-0000-000000000001"'),
  "a subject by a letter that folds": extra('"\u017fub":"kent.approver"'), "an organisation in another case alone": whole.replace('"org"', '"ORG"'), "an end in another case alone": whole.replace('"exp"', '"Exp"'),
  "an epoch in another case": extra('"Epoch":9'), "an issuer in another case": extra(`"ISS":"${issuer}"`),
  "something behind": `${whole} {}`, "something before": `x${whole}`, "two objects": whole + whole, "a comment": `${whole}//`, "a comma too many": extra("").replace(",}", ",}"), "a byte order mark": `\ufeff${whole}`,
  "a list of it": `[${whole}]`, "a text of it": JSON.stringify(whole), "no object": "null", "an empty object": "{}", "nothing": "", "a number": "1", "cut JSON": whole.slice(0, -1), "single quotes": whole.replaceAll('"', "'"),
  "not a number": whole.replace(`${far}`, "NaN"), "an end in another notation": whole.replace(`${far}`, "0xFFFFFFFF"), "an end with a plus": whole.replace(`${far}`, `+${far}`),
})) forge(`claims with ${name}`, await text(payload));
forge("claims with invalid UTF-8 in the subject", await text(Buffer.from(whole.replace("kent.commissioner", "kent\u00ff"), "latin1")));
forge("claims in UTF-16", await text(Buffer.from(whole, "utf16le")));
forge("claims compressed", await text(whole, { zip: "DEF", crit: ["zip"] }, { crit: { zip: true } }));
for (const [name, header] of Object.entries({
  "that is a list": "[]", "that is null": "null", "that is empty": "", "that is a text": '"EdDSA"', "with a key id twice": '{"alg":"EdDSA","kid":"nobody","kid":"ed"}',
  "with something behind": '{"alg":"EdDSA","kid":"ed"} {}', "with a byte order mark": '\ufeff{"alg":"EdDSA","kid":"ed"}', "in single quotes": "{'alg':'EdDSA','kid':'ed'}", "cut": '{"alg":"EdDSA","kid":"ed"',
})) forge(`a header ${name}`, raw(header, claims, byEd));

// Invitations that nobody sent out, by their form.
for (const [name, code] of Object.entries({
  empty: "", short: "AAAA-AAAA", long: `${"AAAA-".repeat(8)}AAAA`, "of letters that are not used": "0O1I-".repeat(8).slice(0, -1), "with SQL": "' OR true --", "as a token": `${head}.${body}.${signature}`,
  unicode: "\u00c4".repeat(32), "of many letters": "A".repeat(5000), "with a slash": "AAAA/".repeat(8).slice(0, -1),
})) show(`an invitation's code ${name}`, `Invitation ${Buffer.from(code).toString("latin1")}`);

mkdirSync(new URL("testdata/", import.meta.url), { recursive: true });
writeFileSync(new URL("testdata/forged.json", import.meta.url), JSON.stringify({ note: "Made by forge.mjs for the test alone: nobody else believes these keys.", published: { keys: published }, good, forged }, null, 1) + "\n");
console.log(`${good.length} tokens to be believed, ${forged.length} forged.`);
