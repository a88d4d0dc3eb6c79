//! What is an indicator and what is not.

use falconer_domain::indicator::{Indicator, IndicatorType};
use serde_json::json;

fn domain(text: &str) -> Option<String> {
    Indicator::parse(IndicatorType::Domain, text).ok().map(|indicator| indicator.to_string())
}

fn network(text: &str) -> Option<String> {
    Indicator::parse(IndicatorType::Network, text).ok().map(|indicator| indicator.to_string())
}

#[test]
fn a_domain_is_written_in_one_form() {
    assert_eq!(domain("  Evil.EXAMPLE. "), Some("evil.example".to_owned()));
    assert_eq!(domain("evil[.]example"), Some("evil.example".to_owned()));
    assert_eq!(domain("evil(.)example"), Some("evil.example".to_owned()));
    assert_eq!(domain("bücher.example"), Some("xn--bcher-kva.example".to_owned()));
    assert_eq!(domain("ｅｖｉｌ。example"), Some("evil.example".to_owned()));
    assert_eq!(domain("_c2.evil.example"), Some("_c2.evil.example".to_owned()));
    assert_eq!(domain("r3---sn-x.evil.example"), Some("r3---sn-x.evil.example".to_owned()));
}

#[test]
fn what_is_not_a_domain_name_is_refused() {
    let long_label = format!("{}.example", "a".repeat(64));
    let long_name = format!("{}example", "a.".repeat(130));
    let not_names = [
        "",
        " ",
        ".",
        "..",
        "a..example",
        ".example",
        "evil.example..",
        "-a.example",
        "a-.example",
        "*.evil.example",
        "evil example",
        "evil.example/path",
        "http://evil.example",
        "evil.example:443",
        "user@evil.example",
        "1.2.3",
        "1.2.3.4",
        "１.2.3.4",
        "evil.0x1f",
        "evil.123",
        "2001:db8::1",
        "a\u{0}b.example",
        "a\nb.example",
        "xn--a.example",
        "evil\".example",
        "evil;.example",
        "evil\\.example",
        "$HOME_NET",
        &long_label,
        &long_name,
        "\";) drop ip any any -> any any (",
    ];
    for text in not_names {
        assert_eq!(domain(text), None, "{text:?}");
    }
}

#[test]
fn labels_and_names_may_be_as_long_as_dns_has_them() {
    let label = "a".repeat(63);
    let name = format!("{label}.{label}.{label}.{}", "a".repeat(61));
    assert_eq!(name.len(), 253);
    assert_eq!(domain(&name), Some(name.clone()));
    assert_eq!(domain(&format!("{name}a")), None);
}

#[test]
fn a_network_is_written_in_one_form() {
    assert_eq!(network("198.51.100.7"), Some("198.51.100.7".to_owned()));
    assert_eq!(network("198.51.100.7/32"), Some("198.51.100.7".to_owned()));
    assert_eq!(network("198.51.100.77/24"), Some("198.51.100.0/24".to_owned()));
    assert_eq!(network("2001:DB8:0::1"), Some("2001:db8::1".to_owned()));
    assert_eq!(network("198[.]51[.]100[.]7"), Some("198.51.100.7".to_owned()));
}

#[test]
fn an_ipv4_mapped_address_is_the_ipv4_address_that_the_firewall_sees() {
    assert_eq!(network("::ffff:198.51.100.7"), Some("198.51.100.7".to_owned()));
    assert_eq!(network("::ffff:198.51.100.0/120"), Some("198.51.100.0/24".to_owned()));
    let mapped = Indicator::parse(IndicatorType::Ipv6, "::ffff:198.51.100.7").unwrap();
    assert_eq!(mapped.kind(), IndicatorType::Ipv4);
}

#[test]
fn a_value_of_another_type_than_it_claims_is_refused() {
    let mismatches = [
        (IndicatorType::Domain, "198.51.100.7"),
        (IndicatorType::Ipv4, "evil.example"),
        (IndicatorType::Ipv4, "2001:db8::1"),
        (IndicatorType::Ipv6, "198.51.100.7"),
        (IndicatorType::Ip, "198.51.100.0/24"),
        (IndicatorType::Network, "evil.example"),
        (IndicatorType::Ipv4, "198.51.100.007"),
        (IndicatorType::Ipv4, "198.51.100"),
        (IndicatorType::Ipv6, "fe80::1%eth0"),
        (IndicatorType::Network, "198.51.100.0/33"),
    ];
    for (kind, text) in mismatches {
        assert!(Indicator::parse(kind, text).is_err(), "{kind:?} {text}");
    }
}

#[test]
fn json_holds_the_most_exact_type_and_reading_it_parses_again() {
    let network: Indicator = "198.51.100.0/24".parse().unwrap();
    assert_eq!(serde_json::to_value(&network).unwrap(), json!({"type": "network", "value": "198.51.100.0/24"}));
    let address: Indicator = "2001:db8::1".parse().unwrap();
    assert_eq!(serde_json::to_value(&address).unwrap(), json!({"type": "ipv6", "value": "2001:db8::1"}));
    let hostile = json!({"type": "domain", "value": "\";) drop ip any any -> any any ("});
    assert!(serde_json::from_value::<Indicator>(hostile).is_err());
}

#[test]
fn a_person_may_leave_the_type_out() {
    assert_eq!("evil.example".parse::<Indicator>().unwrap().kind(), IndicatorType::Domain);
    assert_eq!("198.51.100.7".parse::<Indicator>().unwrap().kind(), IndicatorType::Ipv4);
    assert_eq!("2001:db8::/48".parse::<Indicator>().unwrap().kind(), IndicatorType::Network);
    assert!("not an indicator".parse::<Indicator>().is_err());
}
