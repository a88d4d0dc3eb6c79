//! Which instances are shown.

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};
use falconer_activities::fleet::Judged;
use falconer_domain::fleet::{Compliance, Platform, VerdictKind};
use falconer_domain::place::{AccountId, Place, Region};

/// What must be so of an instance, all of it.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct Filter {
    /// Only this account; no other is asked.
    #[arg(long)]
    account: Option<AccountId>,
    /// Only this region; no other is asked.
    #[arg(long)]
    region: Option<Region>,
    /// Only these verdicts, separated by commas.
    #[arg(long, value_delimiter = ',', value_name = "VERDICT")]
    verdict: Vec<Wanted>,
    /// Only this operating system. What Systems Manager does not know is neither.
    #[arg(long)]
    platform: Option<System>,
    /// Only what lacks a healthy sensor, or of which nobody knows.
    #[arg(long)]
    unhealthy: bool,
}

/// An operating system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum System {
    Linux,
    Windows,
}

/// A verdict as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Wanted(VerdictKind);

impl ValueEnum for Wanted {
    fn value_variants<'a>() -> &'a [Self] {
        const ALL: [Wanted; VerdictKind::ALL.len()] = {
            let mut all = [Wanted(VerdictKind::Healthy); VerdictKind::ALL.len()];
            let mut index = 0;
            while index < all.len() {
                all[index] = Wanted(VerdictKind::ALL[index]);
                index += 1;
            }
            all
        };
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        // Where people read two words, one is typed.
        Some(PossibleValue::new(match self.0 {
            VerdictKind::ReducedFunctionality => "reduced",
            VerdictKind::UnsupportedPlatform => "unsupported",
            kind => kind.words(),
        }))
    }
}

impl Filter {
    /// The one place that can be meant, if that is known without asking.
    pub(super) fn place(&self) -> Option<Place> {
        Some(Place { account: self.account?, region: self.region.clone()? })
    }

    /// The account, if only one is meant.
    pub(super) fn account(&self) -> Option<AccountId> {
        self.account
    }

    /// Whether instances of this place are shown.
    pub(super) fn admits_place(&self, place: &Place) -> bool {
        self.account.is_none_or(|account| account == place.account)
            && self.region.as_ref().is_none_or(|region| *region == place.region)
    }

    /// Whether this instance is shown.
    pub(super) fn admits(&self, judged: &Judged) -> bool {
        let Judged { facts, verdict, .. } = judged;
        let is_fine = matches!(verdict.compliance(), Some(Compliance::Compliant | Compliance::NotApplicable));
        let platform = || facts.managed.given()?.as_ref().map(|managed| &managed.platform);
        (self.verdict.is_empty() || self.verdict.contains(&Wanted(verdict.kind())))
            && self.platform.is_none_or(|system| platform().is_some_and(|platform| system.is(platform)))
            && !(self.unhealthy && is_fine)
    }
}

impl System {
    fn is(self, platform: &Platform) -> bool {
        match self {
            Self::Linux => platform.kind.eq_ignore_ascii_case("linux"),
            Self::Windows => platform.is_windows(),
        }
    }
}
