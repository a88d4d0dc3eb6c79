//! The firewall's rule groups: who enforces them, what they have room for, and what HOME_NET means to them.

use std::fmt;

use super::diagnosis::Diagnosis;
use crate::rule_group::{GroupText, Limits};

/// A group is nearly full from this share of its room on, in percent.
const NEARLY_FULL: usize = 80;

/// Variables that follow HOME_NET: EXTERNAL_NET is everything else
/// (<https://docs.aws.amazon.com/network-firewall/latest/developerguide/troubleshooting-rules.html>).
const VARIABLES: [&str; 2] = ["$HOME_NET", "$EXTERNAL_NET"];

/// A zone of a firewall that uses a rule group, as the firewall tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnforcingZone {
    /// The firewall's ARN.
    pub firewall: String,
    /// `us-east-1a`.
    pub zone: String,
    /// `IN_SYNC`, `PENDING`, `CAPACITY_CONSTRAINED`, …
    /// (<https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_PerObjectStatus.html>).
    pub status: String,
}

/// `us-east-1a of egress`.
impl fmt::Display for EnforcingZone {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let firewall = self.firewall.rsplit('/').next().unwrap_or_default();
        write!(formatter, "{} of {firewall}", self.zone)
    }
}

/// Who enforces a group that so many firewall policies use.
pub fn enforcement(policies: usize, zones: &[EnforcingZone]) -> Diagnosis {
    if zones.is_empty() {
        return match policies {
            0 => Diagnosis::broken(
                "No firewall policy uses it, and so nothing in it is enforced.",
                "Add it to the stateful rule groups of the policy that the firewall uses.",
            ),
            _ => Diagnosis::broken(
                "A firewall policy uses it, but no firewall uses that policy: nothing in it is enforced.",
                "Give the policy to the firewall, or add the group to the policy that the firewall uses.",
            ),
        };
    }
    let behind: Vec<&EnforcingZone> = zones.iter().filter(|zone| zone.status != "IN_SYNC").collect();
    let named = |zones: &[&EnforcingZone]| {
        zones.iter().map(|zone| format!("{zone} ({})", zone.status)).collect::<Vec<_>>().join(", ")
    };
    if behind.is_empty() {
        let zones: Vec<String> = zones.iter().map(EnforcingZone::to_string).collect();
        Diagnosis::ok(&format!("Every zone runs it: {}.", zones.join(", ")))
    } else if behind.iter().all(|zone| zone.status == "PENDING") {
        let sentence =
            format!("A version is on its way to {} of {} zones: {}.", behind.len(), zones.len(), named(&behind));
        Diagnosis::note(&sentence, "Look again in a few minutes.")
    } else {
        let sentence = format!("{} of {} zones do not run it: {}.", behind.len(), zones.len(), named(&behind));
        Diagnosis::broken(
            &sentence,
            "CAPACITY_CONSTRAINED: the policies' groups are too many for the firewall's endpoint; take groups out, or ask AWS's \
             support. Any other status: look at the firewall's details in the console.",
        )
    }
}

/// What a group with this text has room for.
pub fn capacity(text: &str, limits: Limits) -> Diagnosis {
    let (group, _) = GroupText::read(text, |_| None::<((), Vec<String>)>);
    let taken = limits.taken(group.rules(), group.bytes());
    let sentence = format!(
        "{taken} % is taken: {} of {} rules, {} of {} bytes.",
        group.rules(),
        limits.rules,
        group.bytes(),
        limits.bytes
    );
    if taken < NEARLY_FULL {
        Diagnosis::ok(&sentence)
    } else {
        Diagnosis::note(
            &sentence,
            "A group's capacity is fixed when it is created. For blocks, create another group, add it to the firewall policy, and \
             then at the end of firewall.block_groups; for hunts, let them have fewer rules (most_rules).",
        )
    }
}

/// What HOME_NET means in a group that defines it like this, or not at all. Falconer's own rules say `any`.
pub fn home_net(definition: Option<&[String]>, text: &str) -> Diagnosis {
    if let Some(networks) = definition.filter(|networks| !networks.is_empty()) {
        return Diagnosis::ok(&format!("It is {}.", networks.join(", ")));
    }
    let follows = |line: &&str| !line.trim_start().starts_with('#') && VARIABLES.iter().any(|name| line.contains(name));
    let others = match text.lines().filter(follows).count() {
        0 => "no rule in the group depends on it now".to_owned(),
        1 => "1 rule of others in the group does".to_owned(),
        rules => format!("{rules} rules of others in the group do"),
    };
    Diagnosis::note(
        &format!(
            "The group does not say. Falconer's rules do not depend on it; {others}. Unless the firewall \
             policy says it, HOME_NET is the firewall's own VPC alone: with central inspection a rule with $HOME_NET then meets no \
             other VPC's traffic."
        ),
        "If others keep rules in the group, set the group's variable HOME_NET (or the firewall policy's) to the networks of the VPCs \
         that the firewall inspects, such as 10.0.0.0/8.",
    )
}

#[cfg(test)]
mod tests {
    use super::super::Health;
    use super::*;

    fn zones(statuses: &[&str]) -> Vec<EnforcingZone> {
        let zone = |(index, status): (usize, &&str)| EnforcingZone {
            firewall: "arn:aws:network-firewall:us-east-1:111122223333:firewall/egress".to_owned(),
            zone: format!("us-east-1{}", ['a', 'b', 'c'][index]),
            status: (*status).to_owned(),
        };
        statuses.iter().enumerate().map(zone).collect()
    }

    #[test]
    fn a_group_is_enforced_where_every_zone_runs_it() {
        assert_eq!(enforcement(1, &zones(&["IN_SYNC", "IN_SYNC"])).health, Health::Ok);
        let pending = enforcement(1, &zones(&["IN_SYNC", "PENDING", "IN_SYNC"]));
        assert_eq!(pending.health, Health::Note);
        assert!(pending.sentence.contains("1 of 3 zones: us-east-1b of egress (PENDING)"), "{pending:?}");
        let full = enforcement(1, &zones(&["PENDING", "CAPACITY_CONSTRAINED"]));
        assert_eq!(full.health, Health::Broken);
        assert!(full.sentence.contains("us-east-1b of egress (CAPACITY_CONSTRAINED)"), "{full:?}");
    }

    #[test]
    fn a_group_that_no_policy_uses_is_told_from_one_whose_policy_no_firewall_uses() {
        assert!(enforcement(0, &[]).sentence.starts_with("No firewall policy"));
        assert!(enforcement(1, &[]).sentence.contains("no firewall uses that policy"));
    }

    #[test]
    fn room_is_told_in_rules_and_in_bytes_whichever_ends_first() {
        let text = "# a comment\npass ip any any -> any any (sid:1;)\n\n";
        assert_eq!(
            capacity(text, Limits::of_capacity(10)).sentence,
            "10 % is taken: 1 of 10 rules, 49 of 2000000 bytes."
        );
        assert_eq!(capacity(text, Limits::of_capacity(1)).health, Health::Note);
        assert_eq!(capacity(text, Limits { rules: 10, bytes: 50 }).health, Health::Note);
        assert_eq!(capacity("", Limits::of_capacity(10)).health, Health::Ok);
    }

    #[test]
    fn a_missing_home_net_is_a_note_that_counts_the_rules_which_depend_on_it() {
        let text =
            "# $HOME_NET\ndrop tcp $HOME_NET any -> $EXTERNAL_NET 23 (sid:1;)\npass ip any any -> any any (sid:2;)\n";
        let missing = home_net(None, text);
        assert_eq!(missing.health, Health::Note);
        assert!(missing.sentence.contains("1 rule of others in the group does"), "{missing:?}");
        assert!(home_net(Some(&[]), "").sentence.contains("no rule in the group depends on it"));
        assert_eq!(home_net(Some(&["10.0.0.0/8".to_owned()]), text), Diagnosis::ok("It is 10.0.0.0/8."));
    }
}
