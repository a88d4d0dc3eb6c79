//! Defence in depth: whether what happens in an account is logged.
//!
//! A sensor sees what runs on a machine. What is done through the API, and what passes between machines, only logs tell: a trail of
//! CloudTrail over all regions whose files cannot be changed unnoticed, and flow logs of every VPC. Config records both; what it does
//! not record is unknown, never a gap and never none.

mod gap;
mod recorded;

pub use gap::{FINDING_TYPE, GENERATOR, Gap, Lack};
pub use recorded::{FlowLog, Recorded, Trail, VpcId, VpcIdError};

/// What Config says of a place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recordings {
    /// Its trails, those of the organization and of other regions too.
    pub trails: Recorded<Trail>,
    /// Its VPCs.
    pub vpcs: Recorded<VpcId>,
    /// Its flow logs.
    pub flow_logs: Recorded<FlowLog>,
}

/// What is to be said of one part of the baseline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judged {
    /// It is as it should be, so that a finding about it is over.
    Closed,
    /// It is not.
    Open(Lack),
    /// Config does not record it, or not long enough: a finding about it stays as it stands.
    Unknown,
}

/// The baseline of a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Baseline {
    /// Each part, and what is to be said of it.
    pub judged: Vec<(Gap, Judged)>,
    /// Whether these are all VPCs.
    pub knows_all_vpcs: bool,
}

impl Baseline {
    /// Judges what Config says.
    pub fn of(recordings: &Recordings) -> Self {
        let trail = (Gap::Trail, recordings.trail());
        let vpcs = recordings.vpcs.items.iter();
        let flow_logs = vpcs.map(|vpc| (Gap::FlowLogs { vpc: vpc.clone() }, recordings.flow_logs_of(vpc)));
        Self { judged: [trail].into_iter().chain(flow_logs).collect(), knows_all_vpcs: recordings.vpcs.whole }
    }

    /// What is to be said of a gap of which there may be a finding. One about a VPC that is gone is over.
    pub fn judgement(&self, gap: &Gap) -> Judged {
        match self.judged.iter().find(|(judged, _)| judged == gap) {
            Some((_, judged)) => *judged,
            None if self.knows_all_vpcs => Judged::Closed,
            None => Judged::Unknown,
        }
    }

    /// `2 gaps, 1 unknown`.
    pub fn sentence(&self) -> String {
        let gaps = self.judged.iter().filter(|(_, judged)| matches!(judged, Judged::Open(_))).count();
        let unknown = self.judged.iter().filter(|(_, judged)| *judged == Judged::Unknown).count();
        let plural = if gaps == 1 { "" } else { "s" };
        let vpcs = if self.knows_all_vpcs { "" } else { "; there may be VPCs that AWS Config does not show" };
        format!("{gaps} gap{plural} in the logging baseline, {unknown} unknown{vpcs}")
    }

    /// Whether nothing is unknown.
    pub fn is_whole(&self) -> bool {
        self.knows_all_vpcs && self.judged.iter().all(|(_, judged)| *judged != Judged::Unknown)
    }
}

impl Recordings {
    fn trail(&self) -> Judged {
        // The trail that lacks least says what is to be done; one that lacks nothing is enough.
        let lacks = self.trails.items.iter().map(Trail::judged);
        let best = lacks.min_by_key(|judged| match judged {
            Judged::Closed => 0,
            Judged::Unknown => 1,
            Judged::Open(Lack::NotLogging) => 2,
            Judged::Open(Lack::NotValidated) => 3,
            Judged::Open(_) => 4,
        });
        match best {
            Some(Judged::Closed) => Judged::Closed,
            _ if !self.trails.whole => Judged::Unknown,
            Some(judged) => judged,
            None => Judged::Open(Lack::NoTrail),
        }
    }

    fn flow_logs_of(&self, vpc: &VpcId) -> Judged {
        let logs = self.flow_logs.items.iter().filter(|log| log.resource == vpc.as_str());
        let deliver: Vec<Option<bool>> = logs.map(|log| log.delivers).collect();
        if deliver.contains(&Some(true)) {
            Judged::Closed
        } else if deliver.contains(&None) || !self.flow_logs.whole {
            Judged::Unknown
        } else if deliver.is_empty() {
            Judged::Open(Lack::NoFlowLog)
        } else {
            Judged::Open(Lack::NotDelivered)
        }
    }
}

#[cfg(test)]
mod tests;
