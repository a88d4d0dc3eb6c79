use super::*;

fn rules(change: impl FnOnce(&mut OnboardingConfig)) -> Result<OnboardingRules, Vec<String>> {
    let mut config = OnboardingConfig::default();
    change(&mut config);
    OnboardingRules::new(&config).map_err(|problems| problems.into_iter().map(|problem| problem.key).collect())
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn the_defaults_register_with_the_newer_interface_and_change_nothing_unasked() {
    let (rules, home) = (rules(|_| ()).unwrap(), "us-gov-west-1".parse().unwrap());
    let wanted = rules.wanted_registration("444455556666".parse().unwrap(), &home).unwrap();
    assert_eq!(wanted.api, RegistrationApi::CloudSecurity);
    assert_eq!(wanted.products, Products::from([(CSPM.to_owned(), [IOM.to_owned()].into())]));
    assert_eq!((wanted.government, wanted.trail_region, wanted.role_arn), (true, home.clone(), None));
    assert_eq!(rules.regions(&home), [home]);
    assert_eq!((rules.rule_function, rules.config_bucket, rules.association_role), (None, None, None));
    assert_eq!(rules.role_wait, SignedDuration::from_mins(30));
}

#[test]
fn what_is_configured_is_asked_of_falcon() {
    let rules = rules(|config| {
        config.registration = Registration::Cspm;
        config.features = texts(&["cspm/ioa"]);
        config.organization = "o-exampleorgid".to_owned();
        config.falcon_role = "FalconReader".to_owned();
        config.trail_region = "us-east-1".to_owned();
    });
    let home = "cn-north-1".parse().unwrap();
    let wanted = rules.unwrap().wanted_registration("444455556666".parse().unwrap(), &home).unwrap();
    assert_eq!(wanted.products[CSPM], [IOM, "ioa"].map(str::to_owned).into());
    assert_eq!(wanted.organization.as_deref(), Some("o-exampleorgid"));
    assert_eq!(wanted.role_arn.as_deref(), Some("arn:aws-cn:iam::444455556666:role/FalconReader"));
    assert_eq!(wanted.trail_region.as_str(), "us-east-1");
}

#[test]
fn without_registration_nothing_is_asked_of_falcon() {
    let rules = rules(|config| (config.registration, config.features) = (Registration::None, vec![])).unwrap();
    let (account, home) = ("444455556666".parse().unwrap(), "us-east-1".parse().unwrap());
    assert_eq!(rules.wanted_registration(account, &home), None);
}

#[test]
fn every_mistake_is_told_at_once() {
    let all = rules(|config| {
        config.features = texts(&["cspm", "cspm/IOA"]);
        config.organization = "ou-abcd-12345678".to_owned();
        config.falcon_role = "path/role".to_owned();
        config.config_bucket = "Bucket".to_owned();
        config.trail_region = "nowhere!".to_owned();
        config.regions = texts(&["us-east-1", "x", "us-gov-west-1"]);
        config.rule_function = "falconer-sensor".to_owned();
        config.role_wait_minutes = 0;
    });
    let expected = [
        "features[0]",
        "features[1]",
        "features",
        "organization",
        "falcon_role",
        "config_bucket",
        "trail_region",
        "regions[1]",
        "regions",
        "rule_function",
        "role_wait_minutes",
    ];
    assert_eq!(all.unwrap_err(), expected);
}

#[test]
fn the_older_interface_knows_less() {
    for (feature, known) in [("cspm/iom", true), ("cspm/dspm", true), ("idp/default", false), ("cspm/new", false)] {
        let older = rules(|config| {
            (config.registration, config.features) = (Registration::Cspm, texts(&[feature]));
        });
        assert_eq!(older.is_ok(), known, "{feature}");
        assert!(rules(|config| config.features = texts(&[feature])).is_ok(), "{feature}");
    }
}
