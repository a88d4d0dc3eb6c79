use super::*;
use crate::onboarding::step::Step;

fn report(about: About, results: Vec<StepResult>) -> OnboardingReport {
    let label = Label { account_name: Some("payments".to_owned()), ..Label::default() };
    OnboardingReport::of("444455556666".parse().unwrap(), label, about, results)
}

fn onboarding(results: Vec<StepResult>) -> OnboardingReport {
    report(About::Onboarding { dry_run: false }, results)
}

fn in_region(step: Step, region: &str, outcome: StepOutcome) -> StepResult {
    StepResult::in_region(step, region.parse().unwrap(), outcome)
}

#[test]
fn every_step_stands_once_and_in_order_and_the_last_word_counts() {
    let report = onboarding(vec![
        in_region(Step::Rule, "us-east-1", StepOutcome::failed("Config.Unavailable", "")),
        in_region(Step::Rule, "eu-west-1", StepOutcome::done("made")),
        StepResult::of_account(Step::Role, StepOutcome::already_there("assumed")),
        in_region(Step::Rule, "us-east-1", StepOutcome::done("made")),
    ]);
    let order: Vec<_> =
        report.steps.iter().map(|step| (step.step, step.region.as_ref().map(|region| region.as_str()))).collect();
    assert_eq!(order, [(Step::Role, None), (Step::Rule, Some("eu-west-1")), (Step::Rule, Some("us-east-1"))]);
    assert_eq!(report.sentence(), "Account 444455556666 (payments) is protected: 2 done, 1 already there.");
    assert!(report.next_steps.is_empty());
}

#[test]
fn a_failure_is_told_with_what_to_do_once() {
    let report = onboarding(vec![
        in_region(Step::Rule, "us-east-1", StepOutcome::failed("Config.AccessDenied", "no")),
        in_region(Step::Rule, "eu-west-1", StepOutcome::failed("Config.AccessDenied", "no")),
    ]);
    assert_eq!((report.next_steps.len(), report.is_complete()), (1, false));
    let told = report.notification("arn:execution").unwrap();
    assert_eq!(told.subject, "Falconer: account 444455556666 is not yet protected");
    for part in ["Config.AccessDenied", "falconer-sensor", "us-east-1", "arn:execution"] {
        assert!(told.message.contains(part), "{part} in {}", told.message);
    }
}

#[test]
fn nobody_is_told_that_nothing_had_to_be_done() {
    let there = vec![StepResult::of_account(Step::Registration, StepOutcome::already_there("registered"))];
    assert_eq!(onboarding(there).notification("e"), None);
    let done = vec![StepResult::of_account(Step::Registration, StepOutcome::done("registered"))];
    assert!(onboarding(done).notification("e").is_some());
}

#[test]
fn a_dry_run_of_letting_go_says_how_it_is_confirmed() {
    let departure = Departure {
        account: "444455556666".parse().unwrap(),
        registrations: [crate::onboarding::RegistrationApi::Cspm].into(),
        findings: [].into(),
    };
    let told = report(About::preview(&departure), vec![]).notification("e").unwrap();
    let confirm = departure.confirmation().to_string();
    for part in ["the registration with cspm", confirm.as_str(), r#""action": "offboard""#] {
        assert!(told.message.contains(part), "{part} in {}", told.message);
    }
}

#[test]
fn subjects_fit_and_messages_end() {
    let many = (0..200).map(|number| {
        let region = format!("region-{number}");
        in_region(Step::Recorder, &region, StepOutcome::failed("Config.AccessDenied", &"x".repeat(1000)))
    });
    let told = onboarding(many.collect()).notification("e").unwrap();
    assert!(told.subject.len() < 100 && told.message.len() < 32_000, "{}", told.message.len());
    assert!(told.message.contains("180 more failed"));
}
