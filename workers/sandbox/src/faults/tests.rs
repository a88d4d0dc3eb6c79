use super::*;

fn faults(written: &[&str]) -> Result<Faults, String> {
    let faults = Faults::new(Clock::starting_at(Timestamp::UNIX_EPOCH), 0);
    for text in written {
        let fault = serde_json::from_str(text).map_err(|error| error.to_string())?;
        faults.add(fault).map_err(|error| error.to_string())?;
    }
    Ok(faults)
}

fn caller(account: &str, region: &str) -> Caller {
    Caller { account: account.to_owned(), region: region.to_owned(), arn: String::new() }
}

fn of_call(faults: &Faults, operation: &str) -> Mishap {
    faults.of_call(operation, &caller("111122223333", "us-east-1"))
}

fn of_calls(faults: &Faults, number: usize) -> Vec<Option<CallFault>> {
    (0..number).map(|_| of_call(faults, "sts.AssumeRole").fault).collect()
}

#[test]
fn a_fault_with_a_number_ends_after_that_many_calls() {
    let faults = faults(&[r#"{"operation":"sts.AssumeRole","fault":"throttle","times":2}"#]).unwrap();
    assert_eq!(of_calls(&faults, 3), [Some(CallFault::Throttle), Some(CallFault::Throttle), None]);
}

#[test]
fn a_fault_of_a_whole_service_leaves_the_others_alone() {
    let faults = faults(&[r#"{"operation":"events.*","fault":"drop"}"#]).unwrap();
    assert_eq!(of_call(&faults, "events.PutEvents").fault, Some(CallFault::Drop));
    assert_eq!(of_call(&faults, "sts.GetCallerIdentity"), Mishap::default());
}

#[test]
fn a_call_waits_for_all_its_delays_and_meets_the_first_of_its_other_faults() {
    let faults = faults(&[
        r#"{"operation":"sts.*","fault":"delay:20"}"#,
        r#"{"operation":"sts.*","fault":"throttle","times":1}"#,
        r#"{"operation":"sts.*","fault":"drop"}"#,
        r#"{"operation":"sts.AssumeRole","fault":"delay:300","times":1}"#,
    ])
    .unwrap();
    let met = || of_call(&faults, "sts.AssumeRole");
    assert_eq!(met(), Mishap { delay: Duration::from_millis(320), fault: Some(CallFault::Throttle) });
    assert_eq!(met(), Mishap { delay: Duration::from_millis(20), fault: Some(CallFault::Drop) });
}

#[test]
fn a_fault_with_a_chance_meets_its_share_of_the_calls_and_the_same_ones_every_time() {
    let share = || {
        let faults = faults(&[r#"{"operation":"sts.*","fault":"throttle","chance":0.05}"#]).unwrap();
        of_calls(&faults, 10_000)
    };
    let met = share();
    let throttled = met.iter().flatten().count();
    assert!((400..600).contains(&throttled), "{throttled} of 10,000");
    assert_eq!(met, share());
}

#[test]
fn a_call_that_one_chance_spares_meets_the_next() {
    let faults = faults(&[
        r#"{"operation":"sts.*","fault":"throttle","chance":0.5}"#,
        r#"{"operation":"sts.*","fault":"lose-answer","chance":0.5}"#,
    ])
    .unwrap();
    let met = of_calls(&faults, 1_000);
    let count = |wanted: &Option<CallFault>| met.iter().filter(|fault| *fault == wanted).count();
    assert!((450..550).contains(&count(&Some(CallFault::Throttle))), "{}", count(&Some(CallFault::Throttle)));
    assert!((200..300).contains(&count(&Some(CallFault::LoseAnswer))), "{}", count(&Some(CallFault::LoseAnswer)));
    assert!((200..300).contains(&count(&None)), "{}", count(&None));
}

#[test]
fn a_call_that_chance_spares_takes_no_time_off_a_fault() {
    let faults = faults(&[r#"{"operation":"sts.*","fault":"throttle","chance":0.5,"times":100}"#]).unwrap();
    assert_eq!(of_calls(&faults, 1_000).iter().flatten().count(), 100);
}

#[tokio::test(start_paused = true)]
async fn a_rate_throttles_what_comes_beyond_its_burst_in_each_account_and_region() {
    let faults = faults(&[r#"{"operation":"config.*","fault":"rate:10/30"}"#]).unwrap();
    let throttled = |number: u32, account: &str, region: &str| {
        let caller = caller(account, region);
        let met = (0..number).map(|_| faults.of_call("config.PutEvaluations", &caller).fault);
        met.filter(|fault| *fault == Some(CallFault::Throttle)).count()
    };
    assert_eq!(throttled(31, "111122223333", "us-east-1"), 1);
    assert_eq!(throttled(31, "111122223333", "eu-west-1"), 1);
    assert_eq!(throttled(31, "444455556666", "us-east-1"), 1);
    tokio::time::advance(Duration::from_millis(500)).await;
    assert_eq!(throttled(6, "111122223333", "us-east-1"), 1, "5 more after half a second");
    tokio::time::advance(Duration::from_secs(3600)).await;
    assert_eq!(throttled(31, "111122223333", "us-east-1"), 1, "never more than the burst at once");
    assert_eq!(of_call(&faults, "sts.AssumeRole"), Mishap::default());
}

#[test]
fn a_fault_that_makes_no_sense_is_refused_with_its_reason() {
    for (text, reason) in [
        (r#"{"operation":"sts.AssumeRole","fault":"token-conflict"}"#, "UpdateRuleGroup"),
        (r#"{"operation":"sts.AssumeRole","zone":"us-east-1a","fault":"stuck"}"#, "operation and fault, or zone"),
        (r#"{"operation":"sts.AssumeRole","fault":"drop","chance":0.0}"#, "over 0"),
        (r#"{"operation":"sts.AssumeRole","fault":"drop","chance":5}"#, "up to 1"),
        (r#"{"operation":"sts.AssumeRole","fault":"partial"}"#, "BatchImportFindings"),
        (r#"{"operation":"sts.AssumeRole","fault":"rate:10"}"#, "rate:<calls a second>/<burst>"),
        (r#"{"operation":"sts.AssumeRole","fault":"rate:0/1"}"#, "rate:<calls a second>/<burst>"),
        (r#"{"operation":"sts.AssumeRole","fault":"rate:1/1","times":2}"#, "until it is cleared"),
        (r#"{"operation":"sts.AssumeRole","fault":"rate:1/1","chance":0.5}"#, "until it is cleared"),
        (r#"{"zone":"us-east-1a","fault":"slow:soon"}"#, "slow:<seconds>"),
        (r#"{"zone":"us-east-1a","fault":"stuck","chance":0.5}"#, "until it is cleared"),
        (r#"{"flush":"never"}"#, "partial or failed"),
        (r#"{"flash":"partial"}"#, "unknown field"),
    ] {
        let error = faults(&[text]).unwrap_err();
        assert!(error.contains(reason), "{text}: {error}");
    }
}
