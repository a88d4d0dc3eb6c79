//! When a change reaches the zones of a firewall.
//!
//! AWS documents the states and not their timing
//! (<https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_PerObjectStatus.html>): after a change a zone
//! may still show IN_SYNC for the version before, then PENDING for the new one, then IN_SYNC. Here that takes fixed
//! times, so that what happens is a function of the versions, the zone and the time.

use std::collections::VecDeque;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::earlier;
use crate::faults::ZoneFault;

/// For so long after a change a zone still shows the version before.
const SETTLE: Duration = Duration::from_secs(1);

/// What a zone needs from a change to IN_SYNC, for the first zone of a firewall, the second, and all others.
const ZONE_DELAYS: [Duration; 3] = [Duration::from_secs(3), Duration::from_secs(5), Duration::from_secs(8)];

/// The versions of one rule group or policy, the latest last.
#[derive(Clone, Debug)]
pub(super) struct Versions(VecDeque<Version>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Version {
    token: String,
    pushed: Timestamp,
}

/// What a zone shows of one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SyncState<'a> {
    pub(super) status: &'static str,
    pub(super) token: &'a str,
}

impl Versions {
    pub(super) fn first(token: String, now: Timestamp) -> Self {
        Self([Version { token, pushed: now }].into())
    }

    /// A new version. Those that no zone can show any more are forgotten.
    pub(super) fn push(&mut self, token: String, now: Timestamp) {
        self.0.push_back(Version { token, pushed: now });
        while self.0.get(1).is_some_and(|second| after(second.pushed, SETTLE) <= now) {
            self.0.pop_front();
        }
    }

    pub(super) fn backdate(&mut self, by: SignedDuration) {
        self.0.iter_mut().for_each(|version| version.pushed = earlier(version.pushed, by));
    }

    /// The latest version: what an update must name.
    pub(super) fn token(&self) -> &str {
        self.0.back().map_or("", |version| &version.token)
    }

    /// What the firewall's zone number `zone` shows at `now`. The object has been the firewall's business since `since`.
    pub(super) fn in_zone(
        &self,
        zone: usize,
        since: Timestamp,
        fault: Option<ZoneFault>,
        now: Timestamp,
    ) -> SyncState<'_> {
        let shown = self.0.iter().rev().find(|version| after(version.pushed.max(since), SETTLE) <= now);
        let Some(version) = shown.or(self.0.front()) else {
            return SyncState { status: "PENDING", token: "" };
        };
        let pushed = version.pushed.max(since);
        let usual = ZONE_DELAYS[zone.min(ZONE_DELAYS.len() - 1)];
        let in_sync = match fault {
            Some(ZoneFault::CapacityConstrained) => {
                return SyncState { status: "CAPACITY_CONSTRAINED", token: &version.token };
            }
            Some(ZoneFault::Stuck { since }) if pushed >= since => false,
            Some(ZoneFault::Slow(delay)) => after(pushed, delay) <= now,
            Some(ZoneFault::Stuck { .. }) | None => after(pushed, usual) <= now,
        };
        SyncState { status: if in_sync { "IN_SYNC" } else { "PENDING" }, token: &version.token }
    }
}

fn after(time: Timestamp, delay: Duration) -> Timestamp {
    let delay = SignedDuration::try_from(delay).unwrap_or(SignedDuration::MAX);
    time.saturating_add(delay).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    /// A group of version `old` that has been in force for long, changed to `new` at second 100.
    fn changed() -> Versions {
        let mut versions = Versions::first("old".to_owned(), at(0));
        versions.push("new".to_owned(), at(100));
        versions
    }

    fn shown(versions: &Versions, zone: usize, fault: Option<ZoneFault>, second: i64) -> (&str, &'static str) {
        let state = versions.in_zone(zone, at(0), fault, at(second));
        (state.token, state.status)
    }

    #[test]
    fn a_zone_shows_the_old_version_in_sync_then_the_new_one_pending_then_in_sync() {
        let versions = changed();
        assert_eq!(shown(&versions, 0, None, 100), ("old", "IN_SYNC"));
        assert_eq!(shown(&versions, 0, None, 101), ("new", "PENDING"));
        assert_eq!(shown(&versions, 0, None, 103), ("new", "IN_SYNC"));
    }

    #[test]
    fn zones_follow_one_after_the_other() {
        let versions = changed();
        let at_104 = [0, 1, 2].map(|zone| shown(&versions, zone, None, 104).1);
        assert_eq!(at_104, ["IN_SYNC", "PENDING", "PENDING"]);
        assert_eq!([0, 1, 2].map(|zone| shown(&versions, zone, None, 108).1), ["IN_SYNC"; 3]);
    }

    #[test]
    fn a_stuck_zone_keeps_what_it_had_and_never_takes_the_new_version() {
        let versions = changed();
        let stuck = Some(ZoneFault::Stuck { since: at(50) });
        assert_eq!(shown(&versions, 0, stuck, 100), ("old", "IN_SYNC"));
        assert_eq!(shown(&versions, 0, stuck, 100_000), ("new", "PENDING"));
        assert_eq!(shown(&versions, 0, None, 100_000), ("new", "IN_SYNC"));
    }

    #[test]
    fn a_slow_zone_needs_its_own_time_and_a_full_one_says_so() {
        let versions = changed();
        let slow = Some(ZoneFault::Slow(Duration::from_secs(60)));
        assert_eq!(shown(&versions, 0, slow, 159).1, "PENDING");
        assert_eq!(shown(&versions, 0, slow, 160).1, "IN_SYNC");
        assert_eq!(shown(&versions, 0, Some(ZoneFault::CapacityConstrained), 200).1, "CAPACITY_CONSTRAINED");
    }

    #[test]
    fn quick_changes_never_bring_an_older_version_back() {
        let mut versions = changed();
        versions.push("newer".to_owned(), at(101));
        assert_eq!(shown(&versions, 2, None, 101), ("new", "PENDING"));
        assert_eq!(shown(&versions, 2, None, 102), ("newer", "PENDING"));
        assert_eq!(shown(&versions, 2, None, 109), ("newer", "IN_SYNC"));
    }
}
