//! Hunts for stories: what Falcon Intelligence knows, what the hunt rule group holds, and what the firewall logs of it.

use aws_sdk_securityhub::types::{AwsSecurityFinding, AwsSecurityFindingFilters, StringFilter, StringFilterComparison};
use falconer_activities::firewall::RuleGroupVersion;
use falconer_cli::execution::Ending;
use falconer_domain::hits::GENERATOR;
use falconer_domain::hunt::{HuntName, Hunted};
use serde_json::{Value, json};

use crate::house::House;
use crate::token_protocol::{Try, try_to_rewrite};

/// The rule group that holds the hunts.
pub const HUNT_GROUP: &str = "falconer-hunt";

/// Somebody else's line in the hunt rule group.
pub const FOREIGN_LINE: &str =
    "alert dns any any -> any any (msg:\"theirs\"; dns.query; content:\"theirs.example\"; sid:7; rev:1;)\n";

/// Two hunts, one of which asks for addresses too.
pub const TWO_HUNTS: &str = "
[hunt.lists.bear]
filter = \"actors:'FANCYBEAR'\"
[hunt.lists.energy]
filter = \"malware_families:'Sofacy'\"
addresses = true
";

/// A domain of high confidence that FANCYBEAR uses, as Falcon Intelligence has it. Its marker is its second and its name.
#[must_use]
pub fn domain(name: &str, second: u64) -> Value {
    json!({
        "id": format!("domain_{name}"),
        "indicator": name,
        "type": "domain",
        "deleted": false,
        "published_date": second,
        "last_updated": second,
        "malicious_confidence": "high",
        "actors": ["FANCYBEAR"],
        "malware_families": [],
        "reports": ["CSIT-24001"],
        "labels": [],
        "relations": [],
        "_marker": format!("{second}{name}"),
    })
}

/// The record with these members.
#[must_use]
pub fn with(mut record: Value, members: Value) -> Value {
    record.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    record
}

/// A record of the firewall's alert log: a workload asks a server for something, and meets the rule.
#[must_use]
pub fn alert(sid: u32, workload: &str, server: &str) -> Value {
    json!({
        "firewall_name": "falconer-egress",
        "availability_zone": "us-east-1a",
        "event_timestamp": "1768471260",
        "event": {
            "timestamp": "2026-01-15T10:01:00.250000+0000",
            "flow_id": 1_516_111_111_u64,
            "event_type": "alert",
            "src_ip": workload,
            "src_port": 40_001,
            "dest_ip": server,
            "dest_port": 443,
            "proto": "TCP",
            "app_proto": "tls",
            "tls": { "sni": "cdn.evil.example", "version": "UNDETERMINED" },
            "direction": "to_server",
            "alert": {
                "action": "allowed", "gid": 1, "signature_id": sid, "rev": 1, "signature": "", "category": "", "severity": 3,
            },
        },
    })
}

impl House {
    /// Falcon Intelligence comes to know these.
    pub async fn know(&self, indicators: Value) {
        self.control("POST", "falcon/indicators", indicators).await;
    }

    /// Refreshes the hunts by hand.
    pub async fn refresh(&self, form: Value) -> Ending {
        self.run_of("refresh-hunt-list", &form).await
    }

    /// The hunt rule group.
    pub async fn hunt_group(&self) -> RuleGroupVersion {
        self.ledger(&[HUNT_GROUP]).await.0.remove(0)
    }

    /// What is hunted, in the order of the text: `evil.example: bear+energy`.
    pub async fn hunted(&self) -> Vec<String> {
        let line = |hunted: &Hunted| {
            let hunts: Vec<&str> = hunted.hunts.iter().map(HuntName::as_str).collect();
            format!("{}: {}", hunted.indicator, hunts.join("+"))
        };
        self.hunt_group().await.hunts().hunted().iter().map(line).collect()
    }

    /// The first signature id of a hunted indicator.
    pub async fn hunt_sid(&self, indicator: &str) -> u32 {
        let hunts = self.hunt_group().await.hunts();
        hunts.hunted().iter().find(|hunted| hunted.indicator.to_string() == indicator).unwrap().sids[0]
    }

    /// Writes into the hunt rule group what `change` makes of its rules.
    pub async fn rewrite_hunts(&self, change: impl FnOnce(&str) -> String) {
        assert_eq!(try_to_rewrite(&self.firewall(), HUNT_GROUP, change).await.unwrap(), Try::Written);
    }

    /// The firewall logs these; `how` is a query of the control endpoint.
    pub async fn log_alerts(&self, how: &str, alerts: Value) {
        self.control("POST", &format!("firewall/alerts{how}"), alerts).await;
    }

    /// The findings about hits, in the order of their Ids.
    pub async fn hit_findings(&self) -> Vec<AwsSecurityFinding> {
        let equals = StringFilter::builder().value(GENERATOR).comparison(StringFilterComparison::Equals).build();
        let filters = AwsSecurityFindingFilters::builder().generator_id(equals).build();
        let client = aws_sdk_securityhub::Client::new(&self.sdk);
        let found = client.get_findings().filters(filters).send().await.unwrap();
        let mut findings = found.findings.unwrap_or_default();
        findings.sort_by(|one, other| one.id().cmp(&other.id()));
        findings
    }
}
