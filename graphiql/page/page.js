// GraphiQL on /graphql. Nothing is kept: neither tokens nor what was asked or answered outlive the page.
"use strict";

const query = `# Who am I, and what may I do?
#
# Without a token you are the public.
# To be somebody, paste a token and one of
# its capacities into the headers below:
# the demonstration writes a file with
# each persona's. Then press Ctrl-Enter.
{
  viewer {
    capacity
    can
  }
}
`;

const headers = `{
  "Authorization": "Bearer <token>",
  "Dps-Capacity": "<capacity>"
}`;

// A header that still holds its placeholder is not sent, so that the page works before a token is pasted.
const filled = (given = {}) => Object.fromEntries(Object.entries(given).filter(([, value]) => !/<\w+>$/.test(value)));

const ask = async (params, { headers: given } = {}) => {
  const response = await fetch("/graphql", {
    method: "POST",
    credentials: "omit",
    headers: { ...filled(given), "Content-Type": "application/json", Accept: "application/graphql-response+json, application/json" },
    body: JSON.stringify(params),
  });
  return response.json();
};

// Storage in memory instead of the browser's, which would keep queries, variables and history.
const memory = new Map();
const storage = {
  get length() { return memory.size; },
  getItem: (key) => memory.get(key) ?? null,
  setItem: (key, value) => { memory.set(key, value); },
  removeItem: (key) => { memory.delete(key); },
  clear: () => { memory.clear(); },
};

ReactDOM.createRoot(document.getElementById("graphiql")).render(
  React.createElement(GraphiQL, {
    fetcher: ask,
    storage,
    defaultQuery: query,
    defaultHeaders: headers,
    schemaDescription: true,
    defaultEditorToolsVisibility: "headers",
    shouldPersistHeaders: false,
    showPersistHeadersSettings: false,
  }),
);
