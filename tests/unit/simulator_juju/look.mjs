// What Juju's own JavaScript client sees: login, models, full status, and the model's changes.
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const { folder, address, ca, password, model } = JSON.parse(fs.readFileSync(0, "utf8"));
const require = createRequire(path.join(folder, "package.json"));
const WS = require("ws");
const load = async (name) => import(pathToFileURL(path.join(folder, "node_modules/@canonical/jujulib/dist/api", name)).href);
const { connect } = await load("client.js");
const facade = async (name) => (await load(`facades/${name}/index.js`)).default;

class Socket extends WS {
  constructor(url) {
    super(url, { ca, checkServerIdentity: () => undefined });
  }
}

async function login(place, names) {
  const facades = await Promise.all(names.map(facade));
  const juju = await connect(`wss://${address}${place}`, { facades, wsclass: Socket });
  const conn = await juju.login({ username: "admin", password }, "3.6.25");
  return { conn, close: () => juju.logout() };
}

const controller = await login("/api", ["model-manager"]);
const summaries = await controller.conn.facades.modelManager.listModelSummaries({ all: true, "user-tag": "user-admin" });
controller.close();

const { conn, close } = await login(`/model/${model}/api`, ["client", "all-watcher", "application", "pinger"]);
const status = await conn.facades.client.fullStatus({ patterns: [] });
const { "watcher-id": id } = await conn.facades.client.watchAll();
const next = () => conn.facades.allWatcher.next({ id });
const first = await next();
const waiting = next();
await conn.facades.application.deployFromRepository({
  Args: [{ ApplicationName: "vault", CharmName: "vault", "num-units": 0, Cons: {}, Placement: [], Storage: {}, Devices: {} }],
});
const later = await waiting;
close();

const kinds = (answer) => answer.deltas.map(([kind, change]) => `${kind} ${change}`);
console.log(
  JSON.stringify({
    models: summaries.results.map((result) => result.result.name),
    status: { model: status.model.name, applications: Object.keys(status.applications) },
    first: kinds(first),
    later: kinds(later),
  }),
);
