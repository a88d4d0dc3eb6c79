//! How the hunting runbooks are started, and what stands when they have ended.

use falconer_cli::execution::{self, Ending};
use falconer_tests::house::House;
use falconer_tests::hunts::{FOREIGN_LINE, alert, domain};
use serde_json::{Value, json};

/// Few polls, and one hunt.
pub(super) const WORKER: &str = "[worker]\nidle_pollers = 1\n[hunt.lists.bear]\nfilter = \"actors:'FANCYBEAR'\"\n";

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Runbook {
    /// Of two indicators that stand one is taken back, and another one comes.
    RefreshHuntList,
    /// Two workloads meet an indicator that stands.
    ReportHits,
}

/// What stands, without what differs from run to run.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Standing {
    /// Everybody else's lines.
    pub(super) foreign: String,
    /// Lines with Falconer's mark that are no whole entry.
    pub(super) strays: usize,
    /// What is hunted.
    pub(super) hunted: Vec<String>,
    /// The Id of each finding about hits, and how many packets it counts.
    pub(super) counts: Vec<(String, String)>,
}

impl Runbook {
    pub(super) fn slug(self) -> &'static str {
        match self {
            Self::RefreshHuntList => "refresh-hunt-list",
            Self::ReportHits => "report-hits",
        }
    }

    /// Brings about what it needs to have something to do.
    pub(super) async fn prepare(self, house: &House) {
        house.rewrite_hunts(|text| format!("{FOREIGN_LINE}{text}")).await;
        house.know(json!([domain("old.example", 1_700_000_001), domain("kept.example", 1_700_000_002)])).await;
        assert!(house.refresh(json!({})).await.succeeded());
        if self == Self::RefreshHuntList {
            house.control("DELETE", "falcon/indicators", Value::Null).await;
            house.know(json!([domain("kept.example", 1_700_000_002), domain("new.example", 1_700_000_003)])).await;
        }
        // Whoever has read anything before reads it anew.
        house.control("DELETE", "falcon/tokens", Value::Null).await;
    }

    /// Starts it; answers the execution's number among those of the runbook.
    pub(super) async fn start(self, house: &House, input: &Value) -> usize {
        let before = house.executions_of(self.slug()).await.len();
        execution::start(&house.states(), self.slug(), &input.to_string()).await.unwrap();
        before
    }

    /// How that execution ended.
    pub(super) async fn ending(self, house: &House, number: usize) -> Ending {
        house.endings_of(self.slug()).await.remove(number)
    }

    /// Its input, the same whenever it is started.
    pub(super) async fn input(self, house: &House) -> Value {
        match self {
            Self::RefreshHuntList => json!({ "source": "aws.events", "detail-type": "Scheduled Event", "detail": {} }),
            Self::ReportHits => {
                let sid = house.hunt_sid("kept.example").await;
                let records = ["10.0.1.23", "10.0.1.24"].map(|workload| alert(sid, workload, "192.0.2.80"));
                json!({ "records": records })
            }
        }
    }
}

impl Standing {
    pub(super) async fn of(house: &House) -> Self {
        let group = house.hunt_group().await;
        let count = |finding: aws_sdk_securityhub::types::AwsSecurityFinding| {
            let packets = finding.product_fields.unwrap_or_default().remove("falconer/allowed");
            (finding.id.unwrap_or_default(), packets.unwrap_or_default())
        };
        Self {
            foreign: group.text.split_inclusive('\n').filter(|line| !line.contains("metadata:falconer ")).collect(),
            strays: group.hunts().unreadable(),
            hunted: house.hunted().await,
            counts: house.hit_findings().await.into_iter().map(count).collect(),
        }
    }

    /// Whether all that is counted is counted so in `good` too.
    pub(super) fn counts_no_more_than(&self, good: &Self) -> bool {
        self.counts.iter().all(|count| good.counts.contains(count))
    }
}
