//! Whether AWS Config, Security Hub, Systems Manager and Falcon stand in an account as the runbooks need it.

use super::diagnosis::Diagnosis;
use crate::onboarding::{
    ConfigFacts, FunctionArn, HubFacts, INSTANCE, INVENTORY, MembershipDecision, RULE, RecorderDecision, RuleDecision,
    RuleDefinition, StandingRule,
};
use crate::place::{AccountId, Place};

/// What starts the runbook that mends what it can.
fn onboard(account: AccountId) -> String {
    format!("`echo '{{\"accountId\": \"{account}\"}}' | falconer run onboard-account --input -`")
}

/// The same as a remedy of its own.
fn run_onboarding(account: AccountId) -> String {
    format!("Run {}.", onboard(account))
}

/// AWS Config's recorder in a place, where Config may deliver to `bucket`.
pub fn recorder(facts: &ConfigFacts, place: &Place, bucket: Option<&str>) -> Diagnosis {
    match facts.decide(place, bucket) {
        RecorderDecision::Nothing => Diagnosis::ok("It records the instances and their inventory."),
        RecorderDecision::Told(problem) => Diagnosis::broken(&lack(facts), &format!("{problem}.")),
        RecorderDecision::Act(_) => Diagnosis::broken(&lack(facts), &run_onboarding(place.account)),
    }
}

/// What a recorder lacks.
fn lack(facts: &ConfigFacts) -> String {
    let Some(recorder) = &facts.recorder else {
        return "There is no recorder: nothing is known of instances.".to_owned();
    };
    let name = &recorder.name;
    let missing: Vec<&str> = [INSTANCE, INVENTORY].into_iter().filter(|needed| !recorder.group.has(needed)).collect();
    match (recorder.recording, missing.as_slice()) {
        (false, []) => format!("The recorder {name} is stopped: what is new is not known."),
        (false, _) => format!("The recorder {name} is stopped, and does not record {}.", missing.join(", ")),
        (true, _) => format!("The recorder {name} does not record {}.", missing.join(", ")),
    }
}

/// AWS Config's rule in a place. Without a function Falconer makes none, and looks only whether somebody has.
pub fn rule(standing: Option<&StandingRule>, function: Option<&FunctionArn>, place: &Place) -> Diagnosis {
    let Some(function) = function else {
        return match standing {
            Some(_) => Diagnosis::ok(&format!("{RULE} is there.")),
            None => Diagnosis::note(
                &format!("There is no rule {RULE}: a new instance waits for the next scheduled check."),
                &format!("Deploy the rule, or set onboarding.rule_function, then run {}.", onboard(place.account)),
            ),
        };
    };
    match RuleDecision::of(standing, RuleDefinition::wanted(function, place)) {
        RuleDecision::Nothing => Diagnosis::ok(&format!("{RULE} calls {}.", function.in_region(&place.region))),
        RuleDecision::Create(_) => Diagnosis::broken(
            &format!("There is no rule {RULE}: a new instance waits for the next scheduled check."),
            &run_onboarding(place.account),
        ),
        RuleDecision::Correct(_) => Diagnosis::broken(
            &format!("The rule {RULE} is not as it should be: it may miss instances, or call another function."),
            &run_onboarding(place.account),
        ),
        RuleDecision::Wait => Diagnosis::unknown(
            &format!("AWS Config is still deleting a rule {RULE}."),
            &format!("Look again in some minutes; if it is gone then, run {}.", onboard(place.account)),
        ),
        RuleDecision::Foreign => Diagnosis::broken(
            &format!("The rule {RULE} is somebody else's."),
            &format!("Rename or delete it, then run {}.", onboard(place.account)),
        ),
    }
}

/// Security Hub of an account, whose findings are to reach `administrator`.
pub fn membership(account: AccountId, administrator: AccountId, facts: &HubFacts) -> Diagnosis {
    match MembershipDecision::of(account, administrator, facts) {
        MembershipDecision::Make { enable: true, .. } => {
            Diagnosis::broken("It is off: there is nowhere to write findings.", &run_onboarding(account))
        }
        MembershipDecision::Make { enable: false, add: true } => Diagnosis::broken(
            &format!("Its findings do not reach the administrator {administrator}."),
            &run_onboarding(account),
        ),
        MembershipDecision::Make { enable: false, add: false } if account == administrator => {
            Diagnosis::ok("It is on.")
        }
        MembershipDecision::Make { enable: false, add: false } => {
            Diagnosis::ok(&format!("It is on, and its findings reach the administrator {administrator}."))
        }
        MembershipDecision::OtherAdministrator { account: other } => Diagnosis::broken(
            &format!("The account is a member of {other}, so that its findings do not reach {administrator}."),
            "Make the hub Security Hub's delegated administrator, or disassociate the account there.",
        ),
        MembershipDecision::Unreachable => Diagnosis::broken(
            &format!("Its membership with {administrator} is not active."),
            "See the account among the members in Security Hub's administrator account: an invitation waits there, or AWS has \
             suspended the account.",
        ),
    }
}

/// Whether Systems Manager manages anything, where so many instances run; `None` if nobody knows how many.
pub fn managed(running: Option<u64>, is_any_managed: bool) -> Diagnosis {
    match (running, is_any_managed) {
        (_, true) => Diagnosis::ok("It answers, and manages instances."),
        (Some(running @ 1..), false) => Diagnosis::broken(
            &format!("It manages none of the instances, of which {running} run: no sensor can be installed."),
            "Switch on Default Host Management Configuration, or give the instances the policy AmazonSSMManagedInstanceCore and a way to \
             Systems Manager's endpoints.",
        ),
        (_, false) => Diagnosis::ok("It answers, and has no instances to manage."),
    }
}

/// Falcon's registration of an account: what Falcon does not do in it although that is wanted; `None` if Falcon does not know it.
pub fn registration(account: AccountId, lacks: Option<&[String]>) -> Diagnosis {
    match lacks {
        None => Diagnosis::broken("Falcon's cloud security does not know the account.", &run_onboarding(account)),
        Some([]) => Diagnosis::ok("Falcon's cloud security knows the account."),
        Some(lacks) => Diagnosis::broken(
            &format!("The account is registered, without {}.", lacks.join(", ")),
            &run_onboarding(account),
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::Health;
    use super::*;
    use crate::onboarding::{Recorder, RecordingGroup};

    fn place() -> Place {
        Place { account: "444455556666".parse().unwrap(), region: "us-east-1".parse().unwrap() }
    }

    fn facts(types: &[&str], recording: bool) -> ConfigFacts {
        let recorder = Recorder {
            name: "default".to_owned(),
            role_arn: String::new(),
            group: RecordingGroup::Only(types.iter().map(|one| (*one).to_owned()).collect()),
            recording,
            started: None,
        };
        ConfigFacts { recorder: Some(recorder), has_channel: true }
    }

    #[test]
    fn a_recorder_is_told_by_what_it_lacks_and_who_mends_it() {
        assert!(recorder(&facts(&[INSTANCE, INVENTORY], true), &place(), None).is_ok());
        let without = ConfigFacts { recorder: None, has_channel: false };
        for (facts, says) in [
            (facts(&[INSTANCE, INVENTORY], false), "is stopped: what is new"),
            (facts(&[INSTANCE], true), "does not record AWS::SSM::ManagedInstanceInventory."),
            (facts(&[INSTANCE], false), "is stopped, and does not record AWS::SSM"),
            (without.clone(), "There is no recorder"),
        ] {
            let diagnosis = recorder(&facts, &place(), Some("bucket"));
            assert_eq!(diagnosis.health, Health::Broken);
            assert!(diagnosis.sentence.contains(says), "{diagnosis:?}");
            assert!(diagnosis.remedy.as_ref().unwrap().contains("onboard-account"), "{diagnosis:?}");
        }
        let nowhere = recorder(&without, &place(), None).remedy.unwrap();
        assert!(nowhere.contains("onboarding.config_bucket"), "{nowhere}");
    }

    #[test]
    fn what_control_tower_owns_a_person_mends_there() {
        let mut facts = facts(&[INSTANCE], true);
        facts.recorder.as_mut().unwrap().name = "aws-controltower-BaselineConfigRecorder".to_owned();
        let diagnosis = recorder(&facts, &place(), Some("bucket"));
        assert!(diagnosis.remedy.as_ref().unwrap().contains("Control Tower owns"), "{diagnosis:?}");
    }

    #[test]
    fn without_a_function_only_a_missing_rule_is_noted() {
        let standing = StandingRule {
            owner: "AWS".to_owned(),
            state: "ACTIVE".to_owned(),
            created_by: None,
            definition: RuleDefinition {
                description: String::new(),
                function: String::new(),
                messages: BTreeSet::new(),
                resource_types: BTreeSet::new(),
                frequency: String::new(),
            },
        };
        assert_eq!(rule(None, None, &place()).health, Health::Note);
        assert_eq!(rule(Some(&standing), None, &place()).health, Health::Ok);
        let function = "arn:aws:lambda:us-east-1:111122223333:function:falconer-sensor".parse().unwrap();
        assert_eq!(rule(None, Some(&function), &place()).health, Health::Broken);
        let foreign = rule(Some(&standing), Some(&function), &place());
        assert!(foreign.sentence.contains("somebody else's"), "{foreign:?}");
    }

    #[test]
    fn instances_of_which_none_is_managed_get_no_sensor() {
        assert_eq!(managed(Some(3), false).health, Health::Broken);
        for (running, any) in [(Some(0), false), (None, false), (Some(3), true)] {
            assert!(managed(running, any).is_ok(), "{running:?} {any}");
        }
    }

    #[test]
    fn a_registration_that_lacks_something_names_it() {
        let account = place().account;
        assert_eq!(registration(account, None).health, Health::Broken);
        assert!(registration(account, Some(&[])).is_ok());
        let lacks = registration(account, Some(&["cspm/ioa".to_owned()]));
        assert!(lacks.sentence.contains("without cspm/ioa"), "{lacks:?}");
    }
}
