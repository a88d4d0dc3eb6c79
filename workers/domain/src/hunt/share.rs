//! Which part of the hunt rule group each hunt may fill.

use std::collections::BTreeMap;

use super::HuntName;
use crate::rule_group::Limits;

/// The share of each hunt in the room that others leave to all of them.
///
/// No two shares overlap, whoever is refreshed first, so that no hunt can take another's room. A hunt may hold the rules that
/// the configuration gives it, or else as many as it would if all had equally many; if that is more than there is, all get
/// less in proportion. Bytes are divided as the rules are, since with names of usual length they end first.
pub(super) struct Shares(BTreeMap<HuntName, Limits>);

impl Shares {
    /// Shares of `room` for these hunts, of each the most rules that it may hold, if somebody has said so.
    pub(super) fn of(room: Limits, hunts: &BTreeMap<HuntName, Option<usize>>) -> Self {
        let equal = room.rules / hunts.len().max(1);
        let weight = |most: &Option<usize>| most.unwrap_or(equal).min(room.rules);
        let all: usize = hunts.values().map(weight).sum();
        let share = |most: &Option<usize>| {
            let weight = weight(most);
            Limits { rules: weight.min(part(room.rules, weight, all)), bytes: part(room.bytes, weight, all) }
        };
        Self(hunts.iter().map(|(hunt, most)| (hunt.clone(), share(most))).collect())
    }

    /// What a hunt may fill.
    pub(super) fn of_hunt(&self, hunt: &HuntName) -> Limits {
        self.0.get(hunt).copied().unwrap_or(Limits { rules: 0, bytes: 0 })
    }
}

/// `weight` parts of `all` of a number. It is not greater than the number, since no weight is greater than all.
fn part(whole: usize, weight: usize, all: usize) -> usize {
    let part = (whole as u128 * weight as u128).checked_div(all as u128).unwrap_or(0);
    usize::try_from(part).unwrap_or(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(hunts: &[(&str, Option<usize>)]) -> Vec<(usize, usize)> {
        let hunts: BTreeMap<HuntName, Option<usize>> =
            hunts.iter().map(|(name, most)| (name.parse().unwrap(), *most)).collect();
        let shares = Shares::of(Limits { rules: 1_000, bytes: 100_000 }, &hunts);
        hunts.keys().map(|hunt| shares.of_hunt(hunt)).map(|share| (share.rules, share.bytes)).collect()
    }

    #[test]
    fn hunts_share_equally_unless_one_is_given_its_number_of_rules() {
        assert_eq!(shares(&[("a", None)]), [(1_000, 100_000)]);
        assert_eq!(shares(&[("a", None), ("b", None)]), [(500, 50_000); 2]);
        assert_eq!(shares(&[("a", Some(125)), ("b", None)]), [(125, 20_000), (500, 80_000)]);
    }

    #[test]
    fn hunts_that_were_promised_too_much_get_less_in_proportion() {
        assert_eq!(
            shares(&[("a", Some(3_000)), ("b", Some(1_000)), ("c", Some(0))]),
            [(500, 50_000), (500, 50_000), (0, 0)]
        );
        assert_eq!(shares(&[("a", Some(900)), ("b", Some(300))]), [(750, 75_000), (250, 25_000)]);
    }
}
