//! How each runbook of the fleet is started, and started again when something was wrong.

use std::time::Duration;

use falconer_cli::execution::{self, Ending};
use falconer_sandbox::{CommandFate, Instance};
use falconer_tests::fleet::{EAST, MEMBER, finding_of_a_missing_sensor, healthy, instance};
use falconer_tests::house::House;
use serde_json::{Value, json};

/// The runbooks, each in the ways in which it makes all of its calls.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Runbook {
    /// A Config rule asks how MEMBER's instances are: one is healthy, two miss a sensor, and one is healthy again.
    Check,
    /// The same instances, asked for with those of everybody else.
    Sweep,
    /// Two instances miss their sensors by what their findings say; the package works on one of them.
    Install,
    /// The same with the newest sensor but one.
    InstallOfRelease,
    /// The same, and an agent goes offline in the middle.
    InstallThatHangs,
}

impl Runbook {
    pub(crate) fn slug(self) -> &'static str {
        match self {
            Self::Check | Self::Sweep => "check-compliance",
            Self::Install | Self::InstallOfRelease | Self::InstallThatHangs => "install-sensor",
        }
    }

    pub(crate) fn is_install(self) -> bool {
        self.slug() == "install-sensor"
    }

    /// `TimeoutSeconds` of the state machine, and a little for the look at it.
    pub(crate) const AT_MOST: Duration = Duration::from_secs(28_800 + 60);

    /// The instances about which it is.
    pub(crate) fn instances(self) -> Vec<Instance> {
        let fated = |number, command| Instance { command, ..instance(number) };
        match self {
            Self::Check | Self::Sweep => vec![healthy(1), instance(2), instance(3), healthy(4)],
            Self::Install | Self::InstallOfRelease => vec![instance(1), fated(2, CommandFate::Fails), healthy(3)],
            Self::InstallThatHangs => vec![instance(1), fated(2, CommandFate::DiesInTheMiddle), healthy(3)],
        }
    }

    /// Brings about what it needs to have something to do.
    pub(crate) async fn prepare(self, house: &House) {
        house.clear_fleet().await;
        self.instances().into_iter().for_each(|instance| house.sandbox.put_instance(instance));
        let standing: &[u64] = if self.is_install() { &[1, 2] } else { &[4] };
        for number in standing {
            house.import(&finding_of_a_missing_sensor(*number)).await;
        }
        house.require_installation_tokens().await;
    }

    /// Starts it by itself, as it starts every day.
    pub(crate) async fn start(self, house: &House) {
        match self {
            Self::Check => house.call_rule(MEMBER, json!("scheduled")).await,
            Self::Sweep => self.begin(house, &json!({})).await,
            _ => self.begin(house, &self.asked_for(true)).await,
        }
    }

    /// Lets it run once more: the rule asks again, or a person who has mended what the package did not get over. Answers how
    /// that ended.
    pub(crate) async fn run_again(self, house: &House) -> Ending {
        let before = house.endings_of(self.slug()).await.len();
        if self.is_install() {
            house.sandbox.put_instance(instance(2));
            self.begin(house, &self.asked_for(false)).await;
        } else {
            house.call_rule(MEMBER, json!("scheduled")).await;
        }
        house.endings_of(self.slug()).await.remove(before)
    }

    fn asked_for(self, automatic: bool) -> Value {
        let mut input = json!({ "accountId": MEMBER, "region": EAST, "reason": "story", "automatic": automatic });
        input["instances"] = self.instances().into_iter().map(|instance| instance.id).collect();
        if self == Self::InstallOfRelease {
            input["version"] = json!("n-1");
        }
        input
    }

    async fn begin(self, house: &House, input: &Value) {
        execution::start(&house.states(), self.slug(), &input.to_string()).await.unwrap();
    }
}
