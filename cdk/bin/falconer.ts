import { readConfiguration } from "../lib/configuration";
import { deploy, deploymentApp } from "../lib/deployment";
import { readHouse } from "../lib/house";

const app = deploymentApp();
/** Which file says how to deploy: `npx cdk deploy -c configuration=FILE`; the example without one. */
const file = String(app.node.tryGetContext("configuration") ?? "example.json");

deploy(app, readConfiguration(file), readHouse());
app.synth();
