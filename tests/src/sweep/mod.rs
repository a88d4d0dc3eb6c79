//! A sweep: `check-compliance` over an organization of very many instances, with AWS's rates switched on; what it must cost at
//! least, and what it does cost.

pub mod bound;
pub mod history;
pub mod organization;
pub mod rates;

use std::collections::BTreeMap;
use std::time::Duration;

use falconer_cli::execution::{self, Ending};
use falconer_cli::runbooks;
use falconer_sandbox::clock::Clock;
use falconer_sandbox::{Deployment, Sandbox, SandboxOptions};
use serde_json::{Value, json};
use tokio::time::Instant;

use self::history::History;
use self::organization::Organization;
use crate::fleet;
use crate::house::{self, BEGINNING, House};

const RUNBOOK: &str = "check-compliance";

/// How often it is looked whether a sweep has ended.
const LOOK: Duration = Duration::from_secs(1);

/// Calls by `service.Operation`.
pub type Calls = BTreeMap<String, u64>;

/// What a sweep came to.
#[derive(Debug)]
pub struct Outcome {
    /// How it ended.
    pub ending: Ending,
    /// From its start to its end.
    pub took: Duration,
    /// Every call that was made meanwhile, the throttled ones and the SDK's own retries among them.
    pub calls: Calls,
    /// Of these, the throttled ones.
    pub throttled: Calls,
    /// The execution's history.
    pub history: History,
}

impl Outcome {
    /// The sum in the execution's output.
    #[must_use]
    pub fn summary(&self) -> &Value {
        &self.ending.output["summary"]
    }
}

/// A sandbox that holds this organization's instances and no others, throttles at AWS's rates, and has the runbooks without
/// what starts them: the findings of a sweep start installations, and what those cost is not the sweep's.
pub async fn sandbox(clock: Clock, organization: Organization) -> Sandbox {
    let members = organization.members();
    let sandbox = Sandbox::new(SandboxOptions { members, ..SandboxOptions::new(clock) });
    let deployment = Deployment { triggers: Vec::new(), ..runbooks::deployment().unwrap() };
    sandbox.deploy(&deployment).await.unwrap();
    fleet::clear(&sandbox).await;
    organization.fleet().for_each(|instance| sandbox.put_instance(instance));
    house::control(&sandbox, "POST", "faults", rates::faults()).await;
    sandbox
}

/// The same with a worker, in virtual time.
pub async fn house(organization: Organization) -> House {
    let clock = Clock::starting_at(BEGINNING.parse().unwrap());
    let mut house = House::around(sandbox(clock, organization).await, clock);
    house.start_worker("[install]\nafter_sweeps = false\n");
    house
}

/// Sweeps everything once.
pub async fn run(sandbox: &Sandbox) -> Outcome {
    house::control(sandbox, "DELETE", "calls", Value::Null).await;
    let states = aws_sdk_sfn::Client::new(&house::sdk(sandbox));
    let begun = Instant::now();
    let execution = execution::start(&states, RUNBOOK, &json!({}).to_string()).await.unwrap();
    let ending = loop {
        tokio::time::sleep(LOOK).await;
        if let Some(ending) = execution::ending(&states, &execution).await.unwrap() {
            break ending;
        }
    };
    let took = begun.elapsed();
    let counted = async |path| serde_json::from_value(house::control(sandbox, "GET", path, Value::Null).await).unwrap();
    let (calls, throttled) = (counted("calls").await, counted("calls/throttled").await);
    Outcome { ending, took, calls, throttled, history: History::of(&states, &execution).await }
}
