//! How the runbook is started, and started again when something was wrong.

use std::time::Duration;

use falconer_cli::execution::{self, Ending};
use falconer_tests::fleet::EAST;
use falconer_tests::house::House;
use falconer_tests::newcomers::{NEWCOMER, ONBOARDING, ONBOARDING_CONFIG};
use serde_json::{Value, json};

use crate::story::WORKER;

/// A recorder that was started so long ago has found everything.
const SETTLED: Duration = Duration::from_secs(1_800);

/// The runbook, in the ways in which it makes all of its calls.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Runbook {
    /// Control Tower has made an account in which AWS Config records, and nothing else is.
    Created,
    /// A person has one protected in which Security Hub is on as well, and reaches nobody.
    Asked,
    /// A person has one protected in which nothing is at all.
    Empty,
    /// One is registered with Falcon's older interface.
    Older,
    /// Falcon is to do more in one that was protected before.
    Amended,
    /// The same with Falcon's older interface.
    AmendedOlder,
    /// One that was protected is let go, as somebody has confirmed.
    Left,
    /// The same with Falcon's older interface.
    LeftOlder,
    /// The same with an account that lets nobody in any more.
    Closed,
}

impl Runbook {
    /// `TimeoutSeconds` of the state machine, and a little for the look at it.
    pub(super) const AT_MOST: Duration = Duration::from_secs(172_800 + 60);

    /// Whether an account is let go.
    pub(super) fn is_leaving(self) -> bool {
        matches!(self, Self::Left | Self::LeftOlder | Self::Closed)
    }

    /// The worker's configuration.
    pub(super) fn worker(self) -> String {
        let more = if self.is_amending() { "features = [\"cspm/ioa\"]\n" } else { "" };
        format!("{}{more}", self.worker_before())
    }

    fn worker_before(self) -> String {
        let is_older = matches!(self, Self::Older | Self::AmendedOlder | Self::LeftOlder);
        let interface = if is_older { "registration = \"cspm\"\n" } else { "" };
        format!("{WORKER}{ONBOARDING_CONFIG}association_role = \"falconer-association\"\n{interface}")
    }

    fn is_amending(self) -> bool {
        matches!(self, Self::Amended | Self::AmendedOlder)
    }

    /// A house in which it has something to do, and the input that says so. The worker knows nothing yet.
    pub(super) async fn prepare(self) -> (House, Value) {
        let mut house = House::without_triggers(&self.worker_before()).await;
        // Nobody polls in vain while nothing happens.
        house.kill_worker().await;
        let config = if self == Self::Empty { "none" } else { "recording" };
        let added = json!({ "config": config, "securityHub": self == Self::Asked });
        house.add_account(NEWCOMER, added).await;
        let vpc = "vpc-0a1b2c3d4e5f60718";
        let vpc = json!({
            "account": NEWCOMER, "region": EAST, "resourceType": "AWS::EC2::VPC", "resourceId": vpc,
            "configuration": { "vpcId": vpc },
        });
        house.control("POST", "config/items", vpc).await;
        tokio::time::sleep(SETTLED).await;
        house.start_worker(&self.worker_before());
        if self.is_leaving() || self.is_amending() {
            assert!(house.onboard(NEWCOMER).await.succeeded());
            assert!(house.endings_of("check-compliance").await[0].succeeded());
        }
        if self == Self::Closed {
            house.control("DELETE", &format!("accounts/{NEWCOMER}"), Value::Null).await;
        }
        let input = self.input(&house).await;
        house.kill_worker().await;
        house.control("DELETE", "falcon/tokens", Value::Null).await;
        house.start_worker(&self.worker());
        (house, input)
    }

    /// What an event or a person says. Whoever lets an account go has seen what goes with it.
    async fn input(self, house: &House) -> Value {
        let mut form = json!({ "accountId": NEWCOMER });
        if self == Self::Created {
            return created();
        }
        if self.is_leaving() {
            form["action"] = json!("offboard");
            let shown = house.run_of(ONBOARDING, &form).await;
            form["confirm"] = shown.output["report"]["about"]["confirm"].clone();
        }
        form
    }

    /// Starts it; answers the execution's number among those of the runbook.
    pub(super) async fn start(self, house: &House, input: &Value) -> usize {
        let before = house.executions_of(ONBOARDING).await.len();
        execution::start(&house.states(), ONBOARDING, &input.to_string()).await.unwrap();
        before
    }

    /// How that execution ended.
    pub(super) async fn ending(self, house: &House, number: usize) -> Ending {
        house.endings_of(ONBOARDING).await.remove(number)
    }

    /// Lets it run once more, as a person does who has mended what was wrong. Answers how that ended.
    pub(super) async fn run_again(self, house: &House) -> Ending {
        let input = self.input(house).await;
        house.run_of(ONBOARDING, &input).await
    }
}

/// The members of Control Tower's event that are read.
fn created() -> Value {
    let status = json!({ "account": { "accountName": "payments", "accountId": NEWCOMER }, "state": "SUCCEEDED" });
    json!({
        "source": "aws.controltower",
        "detail-type": "AWS Service Event via CloudTrail",
        "account": "222233334444",
        "region": EAST,
        "detail": {
            "eventName": "CreateManagedAccount",
            "serviceEventDetails": { "createManagedAccountStatus": status },
        },
    })
}
