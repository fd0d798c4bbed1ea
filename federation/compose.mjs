// Composes the service's subgraph (its SDL on standard input) with a partner's own, as a gateway would, and fails when
// that fails, or when an entity lost its key or the partner's fields.
import { readFileSync } from "node:fs";
import { composeServices } from "@theguild/federation-composition";
import { parse } from "graphql";

// The types that another subgraph may extend.
const entities = ["Organisation", "Provider", "Setting", "Lot", "Need", "Offer", "Placement"];

const document = (file) => parse(readFileSync(file, "utf8"));
const services = [
  { name: "dps", url: "http://127.0.0.1:8080/graphql", typeDefs: document(0) },
  { name: "partner", url: "http://127.0.0.1:8081/graphql", typeDefs: document(new URL("partner.graphql", import.meta.url)) },
];

const { supergraphSdl, supergraphDocumentNode, errors = [] } = composeServices(services);
const failures = errors.map((e) => e.message);
if (supergraphDocumentNode) {
  const types = new Map(supergraphDocumentNode.definitions.map((d) => [d.name?.value, d]));
  // join__type carries the key by which a gateway fetches the entity from the service.
  const keyed = (type) => type?.directives.some((d) => d.name.value === "join__type" && argument(d, "graph") === "DPS" && argument(d, "key") === "id");
  const has = (type, field) => types.get(type)?.fields.some((f) => f.name.value === field);
  failures.push(...entities.filter((e) => !keyed(types.get(e))).map((e) => `${e} has no @key(fields: "id")`));
  for (const [type, field] of [["Need", "caseReference"], ["Need", "lot"], ["Setting", "transportNotes"], ["Setting", "name"]]) {
    if (!has(type, field)) failures.push(`${type}.${field} is missing in the supergraph`);
  }
}

function argument(directive, name) {
  return directive.arguments.find((a) => a.name.value === name)?.value.value;
}

if (failures.length > 0) {
  console.error(`The subgraph does not compose:\n- ${failures.join("\n- ")}`);
  process.exit(1);
}
console.log(`The supergraph composes: ${supergraphDocumentNode.definitions.length} definitions, ${supergraphSdl.length} characters.`);
