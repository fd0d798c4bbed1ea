// PostGraphile on the rows of the market, under the same row-level security: each request verifies its token and runs
// as the database role of its capacity. Started by the measuring program: address of the database, port, public key.
import { createPublicKey, verify } from "node:crypto";
import { createServer } from "node:http";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { grafserv } from "postgraphile/grafserv/node";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";

const [connectionString, port, keyText] = process.argv.slice(2);
const key = createPublicKey({ key: Buffer.from(keyText, "base64"), format: "der", type: "spki" });

function settingsOf(request) {
  const [head, body, signature] = request.headers.authorization.slice("Bearer ".length).split(".");
  if (!verify(null, Buffer.from(`${head}.${body}`), key, Buffer.from(signature, "base64url"))) throw new Error("bad token");
  const claims = JSON.parse(Buffer.from(body, "base64url"));
  if (claims.exp * 1000 < Date.now()) throw new Error("old token");
  return { role: `dps_${claims.capacities[0]}`, "dps.person": claims.sub, "dps.organisation": claims.org };
}

const server = createServer();
const service = postgraphile({
  extends: [PostGraphileAmberPreset],
  disablePlugins: ["PgRBACPlugin"], // row security and grants decide, not what the login itself may
  pgServices: [makePgService({ connectionString, schemas: ["dps", "peer"], pubsub: false, poolConfig: { max: 8, idleTimeoutMillis: 0 } })],
  grafserv: { graphqlPath: "/graphql", graphiql: false, websockets: false },
  grafast: { context: (request) => ({ pgSettings: settingsOf(request.node.req) }) },
}).createServ(grafserv);
service.addTo(server);
server.keepAliveTimeout = 0;
server.listen(Number(port), "127.0.0.1", () => console.log("ready"));
