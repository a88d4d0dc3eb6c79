//! What the guard lets pass and what it refuses.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use falconer_domain::guard::{Guard, GuardConfig, RefusalReason, Reservation};

fn refusal(guard: &Guard, text: &str) -> Option<RefusalReason> {
    guard.admit(text.parse().unwrap()).err().map(|refusal| refusal.reason)
}

fn default_guard() -> Guard {
    Guard::new(GuardConfig::default()).unwrap()
}

fn guard_of(own: &[&str]) -> Guard {
    let own = own.iter().map(|text| (*text).to_owned()).collect();
    Guard::new(GuardConfig { own, allow_documentation_ranges: true, ..GuardConfig::default() }).unwrap()
}

#[test]
fn ordinary_domains_and_addresses_pass() {
    let guard = default_guard();
    for text in [
        "evil-c2.ru",
        "evil.co.uk",
        "evil.github.io",
        "d111111abcdef8.cloudfront.net",
        "evil.blob.core.windows.net",
        "evil-tenant.sharepoint.com",
        "a.new-top-level-domain-of-tomorrow",
        "netflix.com",
        "45.33.32.156",
        "45.33.32.0/24",
        "2a01:4f8::1",
        "2a01:4f8:1::/48",
        "notcrowdstrike.com",
        "xn--bcher-kva.de",
    ] {
        assert_eq!(refusal(&guard, text), None, "{text}");
    }
}

#[test]
fn special_addresses_are_refused_with_their_reason() {
    let guard = default_guard();
    for (text, reason) in [
        ("10.1.2.3", RefusalReason::Private),
        ("172.31.255.255", RefusalReason::Private),
        ("192.168.0.0/24", RefusalReason::Private),
        ("fd12:3456::1", RefusalReason::Private),
        ("127.0.0.1", RefusalReason::Loopback),
        ("::1", RefusalReason::Loopback),
        ("169.254.1.1", RefusalReason::LinkLocal),
        ("fe80::1", RefusalReason::LinkLocal),
        ("224.0.0.251", RefusalReason::Multicast),
        ("ff02::1", RefusalReason::Multicast),
        ("100.64.0.1", RefusalReason::CarrierGradeNat),
        ("0.0.0.0", RefusalReason::Unspecified),
        ("::", RefusalReason::Unspecified),
        ("255.255.255.255", RefusalReason::Reserved),
        ("198.18.0.1", RefusalReason::Reserved),
        ("192.0.2.1", RefusalReason::Documentation),
        ("2001:db8::1", RefusalReason::Documentation),
        ("64:ff9b::a01:203", RefusalReason::Translated),
        ("2002:a01:203::1", RefusalReason::Translated),
        ("::ffff:10.1.2.3", RefusalReason::Private),
        ("169.254.169.253", RefusalReason::AwsEndpoint),
        ("169.254.169.254", RefusalReason::AwsEndpoint),
        ("fd00:ec2::253", RefusalReason::AwsEndpoint),
        ("8.8.8.8", RefusalReason::PublicResolver),
        ("2606:4700:4700::1111", RefusalReason::PublicResolver),
    ] {
        assert_eq!(refusal(&guard, text), Some(reason), "{text}");
    }
}

#[test]
fn a_network_is_refused_when_it_only_touches_a_protected_one() {
    let guard = guard_of(&["45.33.32.128/25", "2a01:4f8:1:2::/64"]);
    assert_eq!(refusal(&guard, "45.33.32.0/24"), Some(RefusalReason::OwnNetwork));
    assert_eq!(refusal(&guard, "45.33.32.200"), Some(RefusalReason::OwnNetwork));
    assert_eq!(refusal(&guard, "45.33.32.0/25"), None);
    assert_eq!(refusal(&guard, "2a01:4f8:1::/48"), Some(RefusalReason::OwnNetwork));
    assert_eq!(refusal(&guard, "8.8.8.0/24"), Some(RefusalReason::PublicResolver));
}

#[test]
fn a_network_wider_than_configured_is_refused() {
    let guard = default_guard();
    assert_eq!(refusal(&guard, "45.33.32.0/23"), Some(RefusalReason::TooWide));
    assert_eq!(refusal(&guard, "2a01:4f8::/47"), Some(RefusalReason::TooWide));
    let wide = GuardConfig { widest_ipv4_prefix: 16, ..GuardConfig::default() };
    assert_eq!(refusal(&Guard::new(wide).unwrap(), "45.33.0.0/16"), None);
    for everything in ["0.0.0.0/0", "::/0"] {
        assert!(refusal(&guard, everything).is_some());
    }
}

#[test]
fn a_domain_is_refused_within_and_above_a_protected_one() {
    let guard = guard_of(&["shop.acme-corp.de"]);
    assert_eq!(refusal(&guard, "shop.acme-corp.de"), Some(RefusalReason::OwnDomain));
    assert_eq!(refusal(&guard, "api.shop.acme-corp.de"), Some(RefusalReason::OwnDomain));
    assert_eq!(refusal(&guard, "acme-corp.de"), Some(RefusalReason::OwnDomain));
    assert_eq!(refusal(&guard, "blog.acme-corp.de"), None);
    assert_eq!(refusal(&guard, "notshop.acme-corp.de"), None);
}

#[test]
fn domains_that_others_stand_under_are_refused() {
    let guard = default_guard();
    for (text, reason) in [
        ("co.uk", RefusalReason::PublicSuffix),
        ("github.io", RefusalReason::PublicSuffix),
        ("cloudfront.net", RefusalReason::PublicSuffix),
        ("sharepoint.com", RefusalReason::PublicSuffix),
        ("windows.net", RefusalReason::IdentityProvider),
        ("core.windows.net", RefusalReason::PublicSuffix),
        ("kawasaki.jp", RefusalReason::PublicSuffix),
        ("zip", RefusalReason::SingleLabel),
        ("localhost", RefusalReason::SpecialUse),
        ("printer.local", RefusalReason::SpecialUse),
        ("7.100.51.198.in-addr.arpa", RefusalReason::SpecialUse),
        ("github.com", RefusalReason::SharedHost),
        ("raw.githubusercontent.com", RefusalReason::SharedHost),
        ("drive.google.com", RefusalReason::SharedHost),
        ("google.com", RefusalReason::IdentityProvider),
        ("pastebin.com", RefusalReason::SharedHost),
    ] {
        assert_eq!(refusal(&guard, text), Some(reason), "{text}");
    }
}

#[test]
fn what_the_house_stands_on_is_refused_hard() {
    let guard = default_guard();
    for text in [
        "ts01-b.cloudsink.net",
        "cloudsink.net",
        "firehose.us-2.crowdstrike.com",
        "api.us-gov-2.crowdstrike.mil",
        "com",
        "net",
        "s3.eu-west-1.amazonaws.com",
        "ec2.cn-north-1.amazonaws.com.cn",
        "ssm.us-east-1.api.aws",
        "console.aws.amazon.com",
        "amazon.com",
        "ocsp.sca1b.amazontrust.com",
        "login.microsoftonline.com",
        "acme.okta.com",
        "deb.debian.org",
        "pypi.org",
        "dns.google",
        "1.1.1.1",
        "169.254.169.253",
    ] {
        let refusal = guard.admit(text.parse().unwrap()).unwrap_err();
        assert!(refusal.hard, "{text}: {}", refusal.sentence);
    }
    let soft = guard.admit("github.com".parse().unwrap()).unwrap_err();
    assert!(!soft.hard);
}

#[test]
fn a_hard_reason_is_told_before_a_soft_one() {
    let guard = guard_of(&["debian.org", "8.8.8.0/24"]);
    assert_eq!(refusal(&guard, "deb.debian.org"), Some(RefusalReason::PackageMirror));
    assert_eq!(refusal(&guard, "8.8.8.8"), Some(RefusalReason::PublicResolver));
}

#[test]
fn the_sentence_names_the_indicator_and_what_it_would_hit() {
    let guard = guard_of(&["10.20.0.0/16"]);
    let refusal = guard.admit("10.20.0.2".parse().unwrap()).unwrap_err();
    assert_eq!(
        refusal.sentence,
        "10.20.0.2 is not blocked: it would block the organization's own network (10.20.0.0/16)."
    );
}

#[test]
fn documentation_ranges_pass_where_the_configuration_says_so() {
    let guard = guard_of(&[]);
    for text in ["evil.example", "198.51.100.7", "203.0.113.0/24", "2001:db8::1", "example.com"] {
        assert_eq!(refusal(&guard, text), None, "{text}");
    }
}

#[test]
fn every_problem_of_a_configuration_is_told_at_once_with_its_key() {
    let texts = |text: &str| vec!["fine.de".to_owned(), text.to_owned()];
    let config = GuardConfig {
        own: texts("not a domain"),
        public_resolvers: texts(""),
        shared_networks: texts("104.16.0.0/33"),
        widest_ipv4_prefix: 33,
        widest_ipv6_prefix: 8,
        ..GuardConfig::default()
    };
    let problems = Guard::new(config).unwrap_err();
    let keys: Vec<&str> = problems.iter().map(|problem| problem.key.as_str()).collect();
    let shared = ["shared_networks[0]", "shared_networks[1]"];
    let expected =
        [&["public_resolvers[1]", "own[1]"], shared.as_slice(), &["widest_ipv4_prefix", "widest_ipv6_prefix"]];
    assert_eq!(keys, expected.concat());
}

fn reservation(guard: &Guard, text: &str) -> Option<Reservation> {
    guard.reservation(&text.parse().unwrap())
}

#[test]
fn addresses_of_aws_and_of_content_networks_pass_but_are_kept_for_a_person() {
    let guard = default_guard();
    for text in ["13.32.0.7", "13.35.255.255", "52.95.110.1", "3.5.140.2", "54.32.1.0/24", "2600:9000:2000::1"] {
        assert_eq!((refusal(&guard, text), reservation(&guard, text)), (None, Some(Reservation::Aws)), "{text}");
    }
    for (text, shared) in [
        ("104.16.132.229", "104.16.0.0/13"),
        ("104.27.255.0/24", "104.24.0.0/14"),
        ("2606:4700::6810:84e5", "2606:4700::/32"),
        ("151.101.1.140", "151.101.0.0/16"),
        ("2a04:4e42::396", "2a04:4e42::/32"),
    ] {
        let expected = Some(Reservation::Shared(shared.parse().unwrap()));
        assert_eq!((refusal(&guard, text), reservation(&guard, text)), (None, expected), "{text}");
    }
}

#[test]
fn nothing_else_is_kept_for_a_person() {
    let guard = default_guard();
    for text in ["45.33.32.156", "45.33.32.0/24", "2a01:4f8::1", "evil.example", "d111111abcdef8.cloudfront.net"] {
        assert_eq!(reservation(&guard, text), None, "{text}");
    }
}

#[test]
fn the_hard_refusal_of_an_address_in_a_shared_network_stays() {
    assert_eq!(refusal(&default_guard(), "2606:4700:4700::1111"), Some(RefusalReason::PublicResolver));
}

#[test]
fn an_organization_says_which_networks_are_shared() {
    let config = GuardConfig {
        shared_networks: ["104.16.0.0/24", "45.33.32.156"].map(str::to_owned).into(),
        aws_networks: false,
        ..GuardConfig::default()
    };
    let guard = Guard::new(config).unwrap();
    let shared = |net: &str| Some(Reservation::Shared(net.parse().unwrap()));
    assert_eq!(reservation(&guard, "104.16.0.9"), shared("104.16.0.0/24"));
    assert_eq!(reservation(&guard, "45.33.32.0/24"), shared("45.33.32.156/32"));
    for text in ["104.16.1.9", "13.32.0.7"] {
        assert_eq!(reservation(&guard, text), None, "{text}");
    }
}

#[test]
fn a_reservation_says_why() {
    let because = |text: &str| reservation(&default_guard(), text).unwrap().because();
    assert_eq!(because("13.32.0.7"), "it belongs to AWS, whose addresses serve many and change hands");
    assert_eq!(because("151.101.1.140"), "it lies in 151.101.0.0/16, whose addresses serve many at once");
}
