//! What stands in the end: in the rule group, on the finding, and in the firewall's zones.

use aws_sdk_networkfirewall::types::PerObjectSyncStatus;
use falconer_domain::finding::STATE_FIELD;
use falconer_domain::note::BLOCKED_FIELD;
use falconer_tests::house::House;
use falconer_tests::one_group;
use serde_json::Value;

use crate::runbook::{FINDING, Runbook};

/// What stands, without what differs from run to run: times, signature ids, tokens, and how the finding came to be chosen.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Standing {
    /// Everybody else's lines, byte for byte.
    pub(crate) foreign: String,
    /// Falconer's blocks, in the order of the text: what, how, for whom.
    pub(crate) blocks: Vec<String>,
    /// Lines with Falconer's mark that belong to none of its blocks: a part of one, or a second copy.
    pub(crate) strays: usize,
    /// `falconerState` and `falconerBlocked` of the finding, if the runbook has one.
    pub(crate) finding: Option<[String; 2]>,
    /// Where open connections go.
    pub(crate) flows: Vec<String>,
}

impl Standing {
    pub(crate) async fn of(runbook: Runbook, house: &House) -> Self {
        let text = house.rule_group().await.text;
        let ledger = one_group::read(&text);
        let block = |entry: &falconer_domain::block::Entry| {
            format!("{:?} {} for {}", entry.mode, entry.indicator, entry.causes)
        };
        let finding = if runbook.has_a_finding() { Some(fields(house).await) } else { None };
        let flows = house.control("GET", "flows", Value::Null).await;
        Self {
            foreign: text.split_inclusive('\n').filter(|line| !line.contains("metadata:falconer ")).collect(),
            blocks: ledger.held().iter().map(|held| block(&held.entry)).collect(),
            strays: ledger.unreadable(),
            finding,
            flows: flows.as_array().unwrap().iter().map(|flow| flow["destination"].to_string()).collect(),
        }
    }

    /// Whether every line of Falconer's is of one of its blocks, and no block is there twice.
    pub(crate) fn is_whole(&self) -> bool {
        let mut blocks = self.blocks.clone();
        blocks.sort();
        blocks.dedup();
        self.strays == 0 && blocks.len() == self.blocks.len()
    }

    /// Whether the finding says that something is blocked.
    pub(crate) fn claims_a_block(&self) -> bool {
        self.finding.as_ref().is_some_and(|[state, _]| state == "Blocked")
    }

    /// Whether the finding says that something failed.
    pub(crate) fn says_that_it_failed(&self) -> bool {
        self.finding.as_ref().is_some_and(|[state, _]| state == "Failed")
    }
}

async fn fields(house: &House) -> [String; 2] {
    let finding = house.finding(FINDING).await;
    let fields = finding.user_defined_fields.unwrap_or_default();
    [STATE_FIELD, BLOCKED_FIELD].map(|name| fields.get(name).cloned().unwrap_or_default())
}

/// Whether every zone runs the block rule group as it stands now. No zone at all is not every zone.
pub(crate) async fn is_in_force(house: &House) -> bool {
    let group = house.rule_group().await;
    let firewall = house.firewall().describe_firewall().firewall_name("falconer-egress").send().await.unwrap();
    let zones = firewall.firewall_status.unwrap().sync_states.unwrap_or_default();
    let runs_it = |zone: &aws_sdk_networkfirewall::types::SyncState| {
        let object = zone.config().and_then(|objects| objects.get(group.arn()));
        object.is_some_and(|object| {
            object.sync_status() == Some(&PerObjectSyncStatus::InSync)
                && object.update_token() == Some(group.token.as_str())
        })
    };
    !zones.is_empty() && zones.values().all(runs_it)
}
