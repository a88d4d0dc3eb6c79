//! What the sensor's package does on an instance.

use std::time::Duration;

use falconer_sandbox::{CommandFate, Health, Instance, Platform};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::aws::Aws;
use crate::nodes::{
    DONE, arguments, details, hub_with, install, instance, output, send, send_install, sensor, sensor_version, token,
    windows, with, with_fate,
};

/// Sends an install to instance 1 with a good token and other arguments too, and waits for its end.
async fn done(aws: &Aws, more: Value) -> String {
    let arguments = with(arguments(&token(aws).await), more);
    let command = send(aws, install([1], &arguments)).await;
    sleep(DONE).await;
    command
}

async fn version_after(found: Instance, more: Value) -> Option<String> {
    let aws = hub_with([found]);
    let command = done(&aws, more).await;
    assert_eq!(details(&aws, &command).await, ["Success"]);
    sensor_version(&aws, 1).await
}

#[tokio::test(start_paused = true)]
async fn an_install_takes_forty_to_ninety_seconds_and_then_the_sensor_is_there() {
    let aws = hub_with((1..=20).map(instance));
    let command = send_install(&aws, 1..=20).await;
    sleep(Duration::from_secs(41)).await;
    assert_eq!(details(&aws, &command).await, ["InProgress"; 20]);
    assert_eq!(sensor_version(&aws, 1).await, None);
    sleep(Duration::from_secs(15)).await;
    let halfway = details(&aws, &command).await;
    assert!(halfway.contains(&"Success".to_owned()) && halfway.contains(&"InProgress".to_owned()), "{halfway:?}");
    sleep(Duration::from_secs(37)).await;
    assert_eq!(details(&aws, &command).await, ["Success"; 20]);
    assert_eq!(sensor_version(&aws, 1).await.as_deref(), Some("7.19.0"));
}

#[tokio::test(start_paused = true)]
async fn the_version_is_the_one_that_was_asked_for() {
    let asked = json!({"SSM_CS_LINUX_VERSION": "7.21.100", "SSM_CS_WINDOWS_VERSION": "7.22.100"});
    assert_eq!(version_after(instance(1), asked.clone()).await.as_deref(), Some("7.21.0"));
    let on_windows = Instance { platform: windows(), ..instance(1) };
    assert_eq!(version_after(on_windows, asked).await.as_deref(), Some("7.22.100.0"));
    let both = json!({"SSM_CS_VERSION": "7.23.100", "SSM_CS_LINUX_VERSION": ""});
    assert_eq!(version_after(instance(1), both).await.as_deref(), Some("7.23.0"));
}

#[tokio::test(start_paused = true)]
async fn a_sensor_that_works_is_left_alone_and_one_that_is_silent_is_installed_again() {
    for (health, said, version) in [
        (Health::Working, "already installed", "7.11.0"),
        (Health::Reduced, "already installed", "7.11.0"),
        (Health::Silent, "installed successfully", "7.23.0"),
    ] {
        let aws = hub_with([Instance { sensor: Some(sensor(health)), ..instance(1) }]);
        let command = done(&aws, json!({"SSM_CS_VERSION": "7.23.100"})).await;
        assert_eq!(details(&aws, &command).await, ["Success"]);
        assert!(output(&aws, &command).await.contains(said), "{health:?}");
        assert_eq!(sensor_version(&aws, 1).await.as_deref(), Some(version), "{health:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn success_without_a_sensor_looks_like_success() {
    let aws = hub_with([with_fate(1, CommandFate::SucceedsWithoutSensor)]);
    let command = done(&aws, json!({})).await;
    assert_eq!(details(&aws, &command).await, ["Success"]);
    assert!(output(&aws, &command).await.contains("installed successfully"));
    assert!(sensor_version(&aws, 1).await.is_some());
}

#[tokio::test(start_paused = true)]
async fn the_script_fails_with_what_it_would_say() {
    let macos = Platform { kind: "MacOS".to_owned(), name: "macOS".to_owned(), ..Platform::default() };
    let [fails, other] = [with_fate(1, CommandFate::Fails), Instance { platform: macos, ..instance(1) }];
    for (found, more, said) in [
        (fails, json!({}), "Process falcon-sensor is not running"),
        (other, json!({}), "failed to find platform: no manifest found for platform: mac_os_x"),
        (instance(1), json!({"SSM_CS_CCID": ""}), "Missing required param SSM_CS_CCID"),
        (instance(1), json!({"SSM_CS_AUTH_TOKEN": "stale"}), "Failed grabbing presigned url"),
        (instance(1), json!({"SSM_CS_HOST": ""}), "Failed grabbing presigned url"),
    ] {
        let aws = hub_with([found]);
        let command = done(&aws, more.clone()).await;
        assert_eq!(details(&aws, &command).await, ["Failed"], "{more}");
        let output = output(&aws, &command).await;
        assert!(output.contains(said) && output.contains("----------ERROR-------"), "{output}");
        assert_eq!(sensor_version(&aws, 1).await, None, "{more}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_token_must_be_good_when_the_script_downloads() {
    for (revoked_after, expected) in [(5, "Failed"), (15, "Success")] {
        let aws = hub_with([instance(1)]);
        let command = send_install(&aws, [1]).await;
        sleep(Duration::from_secs(revoked_after)).await;
        aws.control("DELETE", "falcon/tokens", json!({})).await.ok();
        sleep(DONE).await;
        assert_eq!(details(&aws, &command).await, [expected], "revoked after {revoked_after} s");
    }
}

#[tokio::test(start_paused = true)]
async fn a_package_that_is_none_fails_on_the_instance() {
    let aws = hub_with([instance(1)]);
    let mut input = install([1], &arguments(&token(&aws).await));
    input["Parameters"]["name"] = json!(["FalconSensor-Solaris"]);
    let command = send(&aws, input).await;
    sleep(DONE).await;
    assert!(output(&aws, &command).await.contains("the document FalconSensor-Solaris does not exist"));
}

#[tokio::test(start_paused = true)]
async fn uninstalling_takes_the_sensor_away_and_needs_no_token() {
    for (found, expected, left) in [
        (instance(1), "Success", None),
        (Instance { sensor: Some(sensor(Health::Working)), ..instance(1) }, "Success", None),
        (
            Instance { sensor: Some(sensor(Health::Working)), ..with_fate(1, CommandFate::Fails) },
            "Failed",
            Some("7.11.0"),
        ),
    ] {
        let aws = hub_with([found]);
        let mut input = install([1], &json!({}));
        input["Parameters"]["action"] = json!(["Uninstall"]);
        let command = send(&aws, input).await;
        sleep(DONE).await;
        assert_eq!(details(&aws, &command).await, [expected]);
        assert_eq!(sensor_version(&aws, 1).await.as_deref(), left);
    }
}
