//! Each step of an account's protection fails in turn and is repaired: the next run completes it, and repeats nothing that is done.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on must stop")]

use std::collections::BTreeMap;
use std::time::Duration;

use falconer_cli::execution::{self, Ending};
use falconer_tests::house::House;
use falconer_tests::newcomers::{CHANGES, NEWCOMER, ONBOARDING, ONBOARDING_CONFIG, outcome};
use serde_json::{Value, json};

/// The steps, with what people read of each.
const STEPS: [(&str, &str); 8] = [
    ("role", "Member role"),
    ("registration", "Registration with Falcon"),
    ("recorder", "Config recorder"),
    ("membership", "Security Hub"),
    ("rule", "Config rule"),
    ("association", "State Manager association"),
    ("baseline", "Logging baseline"),
    ("check", "First check"),
];

/// A recorder that was started so long ago has found everything.
const SETTLED: Duration = Duration::from_secs(1_800);

/// What goes wrong with one step, and with none of the others.
struct Broken {
    step: &'static str,
    /// The call that fails until it is mended.
    call: &'static str,
    fault: &'static str,
    /// How AWS Config stands in the account before.
    config: &'static str,
    /// As what the execution fails.
    error: &'static str,
    /// What people are told to look at.
    says: &'static str,
    /// The steps that the next run takes, beside the check, which it starts in any case.
    left: &'static [&'static str],
}

/// A call that the role may not make, in an account whose recorder leaves out what is needed.
const DENIED: Broken = Broken {
    step: "",
    call: "",
    fault: "error:AccessDeniedException",
    config: "partial",
    error: "",
    says: "",
    left: &[],
};

/// How often each change was made.
type Changes = BTreeMap<&'static str, u64>;

#[tokio::test(start_paused = true)]
async fn without_its_role_nothing_is_done_in_the_account_and_the_next_run_does_all() {
    let left = &["registration", "recorder", "membership", "rule", "association", "baseline"];
    let broken = Broken {
        step: "role",
        call: "sts.AssumeRole",
        error: "Account.AccessDenied",
        says: "See whether the StackSet that makes the member role has reached the account",
        left,
        ..DENIED
    };
    fails_and_is_repaired(broken).await;
}

#[tokio::test(start_paused = true)]
async fn an_account_that_falcon_refuses_is_registered_when_falcon_takes_it() {
    let broken = Broken {
        step: "registration",
        call: "falcon.CreateCloudAccounts",
        fault: "error:400",
        error: "Falcon.Rejected",
        says: "See Falcon's own words above",
        left: &["registration"],
        ..DENIED
    };
    fails_and_is_repaired(broken).await;
}

#[tokio::test(start_paused = true)]
async fn a_registration_that_could_not_be_handed_over_is_handed_over_and_not_registered_again() {
    let broken = Broken {
        step: "registration",
        call: "ssm.PutParameter",
        error: "Ssm.AccessDenied",
        says: "Grant ssm:PutParameter",
        left: &["registration"],
        ..DENIED
    };
    fails_and_is_repaired(broken).await;
}

#[tokio::test(start_paused = true)]
async fn a_recorder_that_may_not_be_changed_is_changed_by_the_next_run() {
    let broken = Broken {
        step: "recorder",
        call: "config.PutConfigurationRecorder",
        error: "Config.AccessDenied",
        says: "Grant config:PutConfigurationRecorder",
        left: &["recorder"],
        ..DENIED
    };
    fails_and_is_repaired(broken).await;
}

#[tokio::test(start_paused = true)]
async fn a_recorder_without_its_delivery_channel_gets_that_and_is_not_made_again() {
    let broken = Broken {
        step: "recorder",
        call: "config.PutDeliveryChannel",
        config: "none",
        error: "Config.AccessDenied",
        says: "Grant config:PutDeliveryChannel",
        left: &["recorder", "baseline"],
        ..DENIED
    };
    fails_and_is_repaired(broken).await;
}

#[tokio::test(start_paused = true)]
async fn a_recorder_that_could_not_be_started_is_started_and_not_made_again() {
    let broken = Broken {
        step: "recorder",
        call: "config.StartConfigurationRecorder",
        config: "none",
        error: "Config.AccessDenied",
        says: "Grant config:StartConfigurationRecorder",
        left: &["recorder", "baseline"],
        ..DENIED
    };
    fails_and_is_repaired(broken).await;
}

#[tokio::test(start_paused = true)]
async fn a_security_hub_that_is_on_is_taken_in_later_and_not_switched_on_again() {
    let broken = Broken {
        step: "membership",
        call: "securityhub.CreateMembers",
        error: "SecurityHub.AccessDenied",
        says: "See the account among the members in Security Hub's administrator account",
        left: &["membership"],
        ..DENIED
    };
    fails_and_is_repaired(broken).await;
}

#[tokio::test(start_paused = true)]
async fn a_rule_that_may_not_be_made_is_made_by_the_next_run() {
    let broken = Broken {
        step: "rule",
        call: "config.PutConfigRule",
        error: "Config.AccessDenied",
        says: "See the rule falconer-sensor in the account's AWS Config",
        left: &["rule"],
        ..DENIED
    };
    fails_and_is_repaired(broken).await;
}

#[tokio::test(start_paused = true)]
async fn an_association_that_may_not_be_made_is_made_by_the_next_run() {
    let broken = Broken {
        step: "association",
        call: "ssm.CreateAssociation",
        error: "Ssm.AccessDenied",
        says: "See whether the account may use CrowdStrike-FalconSensorDeploy",
        left: &["association"],
        ..DENIED
    };
    fails_and_is_repaired(broken).await;
}

#[tokio::test(start_paused = true)]
async fn findings_about_the_baseline_that_may_not_be_written_are_written_by_the_next_run() {
    let broken = Broken {
        step: "baseline",
        call: "securityhub.BatchImportFindings",
        error: "SecurityHub.AccessDenied",
        says: "Run this again when AWS Config and Security Hub of the account answer",
        left: &["baseline"],
        ..DENIED
    };
    fails_and_is_repaired(broken).await;
}

#[tokio::test(start_paused = true)]
async fn a_check_that_may_not_be_started_is_started_by_the_next_run() {
    let broken = Broken {
        step: "check",
        call: "states.StartExecution",
        fault: "error:AuthorizationError",
        error: "Check.NotStarted",
        says: "Run check-compliance for the account yourself",
        ..DENIED
    };
    fails_and_is_repaired(broken).await;
}

/// Plays it: exactly this step fails, and after it was mended the two runs together have changed what one good run changes.
async fn fails_and_is_repaired(broken: Broken) {
    let house = house(broken.config).await;
    assert!(house.onboard(NEWCOMER).await.succeeded());
    let mut good = changes(&house).await;

    let house = self::house(broken.config).await;
    let failed = fail(&house, &broken).await;
    assert_eq!(failed.error.as_deref(), Some(broken.error), "{failed:#?}");
    let cause = failed.cause.unwrap_or_default();
    assert!(cause.contains(broken.says), "{cause}");
    is_told(&house, &broken).await;
    let mut made = changes(&house).await;
    // What was refused was not done.
    made.remove(broken.call);

    house.control("DELETE", "faults", Value::Null).await;
    house.control("DELETE", "calls", Value::Null).await;
    let checks = house.executions_of("check-compliance").await.len();
    let repaired = house.onboard(NEWCOMER).await;
    assert!(repaired.succeeded(), "{repaired:#?}");
    for (step, _) in STEPS {
        let is_taken = step == "check" || broken.left.contains(&step);
        let expected = if is_taken { "done" } else { "alreadyThere" };
        assert_eq!(outcome(&repaired, step), expected, "{step}: {repaired:#?}");
    }
    assert_eq!(house.executions_of("check-compliance").await.len(), checks + 1);
    for (call, times) in changes(&house).await {
        *made.entry(call).or_default() += times;
    }
    if broken.config == "none" {
        // How often a recorder that was just started is looked at is not told here.
        for changes in [&mut made, &mut good] {
            changes.remove("securityhub.BatchImportFindings");
        }
    }
    assert_eq!(made, good, "what was done was done again");
}

/// A house in which Control Tower has made an account.
async fn house(config: &str) -> House {
    let toml = format!("[worker]\nidle_pollers = 1\n{ONBOARDING_CONFIG}association_role = \"falconer-association\"\n");
    let mut house = House::without_triggers(&toml).await;
    // Nobody polls in vain while nothing happens.
    house.kill_worker().await;
    house.add_account(NEWCOMER, json!({ "config": config })).await;
    tokio::time::sleep(SETTLED).await;
    house.start_worker(&toml);
    house.control("DELETE", "calls", Value::Null).await;
    house
}

/// Runs the runbook with the fault, which does not meet whoever starts it.
async fn fail(house: &House, broken: &Broken) -> Ending {
    let form = json!({ "accountId": NEWCOMER });
    execution::start(&house.states(), ONBOARDING, &form.to_string()).await.unwrap();
    house.fault(json!({ "operation": broken.call, "fault": broken.fault })).await;
    house.endings_of(ONBOARDING).await.remove(0)
}

/// The notification names the error and what to do, and every other step, none of which has failed.
async fn is_told(house: &House, broken: &Broken) {
    let told = house.notifications().await.remove(0);
    assert_eq!(told["Subject"], format!("Falconer: account {NEWCOMER} is not yet protected"), "{told:#}");
    let message = told["Message"].as_str().unwrap();
    assert!(message.contains(broken.says), "{message}");
    for (step, words) in STEPS {
        let line = message.lines().find(|line| line.starts_with(words)).unwrap_or_default();
        let became = if step == broken.step {
            line.contains(&format!(": {}.", broken.error))
        } else if broken.step == "role" {
            line.is_empty()
        } else {
            [": done.", ": already there."].iter().any(|outcome| line.contains(outcome))
        };
        assert!(became, "{step}: {message}");
    }
}

/// How often each call that changes something was made since the calls were last counted anew.
async fn changes(house: &House) -> Changes {
    let calls = house.control("GET", "calls", Value::Null).await;
    let changing = CHANGES.into_iter().chain(["ssm.CreateAssociation"]);
    changing.filter_map(|call| Some((call, calls[call].as_u64()?))).collect()
}
