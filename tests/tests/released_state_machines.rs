//! The state machines of the last release, run by the worker of now: so it is while a release is deployed.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on must stop")]

use std::fs;
use std::path::Path;
use std::time::Duration;

use falconer_cli::runbooks;
use falconer_sandbox::{Deployment, StateMachine};
use falconer_tests::findings::falcon;
use falconer_tests::fleet::instance;
use falconer_tests::house::House;
use serde_json::json;

/// Everything that is deployed, with the state machines of the last release in the place of those of now.
fn released() -> Deployment {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/released/statemachines");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let machines = files.map(|path| StateMachine {
        name: path.file_name().unwrap().to_str().unwrap().trim_end_matches(".asl.json").to_owned(),
        definition: fs::read_to_string(path).unwrap(),
    });
    let mut deployment = runbooks::deployment().unwrap();
    for machine in machines {
        deployment.state_machines.retain(|one| one.name != machine.name);
        deployment.state_machines.push(machine);
    }
    deployment
}

#[tokio::test(start_paused = true)]
async fn a_finding_is_contained_and_its_block_expires() {
    let mut house = House::deploying(&released()).await;
    house.start_worker("[policy.ttl]\nhigh = \"20m\"\n");
    house.import(&falcon("falcon-1", "ipv4", "198.51.100.7")).await;
    house.success().await;
    assert_eq!(house.blocked().await, ["198.51.100.7"]);
    // Until the schedule has fired that follows the block's end.
    tokio::time::sleep(Duration::from_secs(40 * 60)).await;
    assert!(house.blocked().await.is_empty());
    assert_eq!(house.told("falcon-1").await.0, "Expired");
}

#[tokio::test(start_paused = true)]
async fn a_missing_sensor_is_found_and_installed() {
    let mut house = House::deploying(&released()).await;
    house.start_worker("");
    house.clear_fleet().await;
    house.sandbox.put_instance(instance(1));
    house.run_of("check-compliance", &json!({})).await;
    let install = house.endings_of("install-sensor").await.remove(0);
    assert!(install.succeeded(), "{install:#?}");
    let check = house.run_of("check-compliance", &json!({})).await;
    assert_eq!(check.output["summary"]["instances"], json!({ "healthy": 1 }));
}
