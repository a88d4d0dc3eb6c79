//! What a rule group can hold.

/// What a rule group can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The group's capacity, as it was created: each rule takes one.
    pub rules: usize,
    /// The longest `RulesString`, in bytes.
    pub bytes: usize,
}

impl Limits {
    /// The longest `RulesString`
    /// (<https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_RulesSource.html>).
    pub const RULES_STRING_BYTES: usize = 2_000_000;

    /// The limits of a group with this capacity.
    pub fn of_capacity(rules: usize) -> Self {
        Self { rules, bytes: Self::RULES_STRING_BYTES }
    }

    /// How much of it so many rules of so many bytes take, in percent: of the rules or of the bytes, whichever is more.
    pub fn taken(self, rules: usize, bytes: usize) -> usize {
        let share = |taken: usize, of: usize| taken.saturating_mul(100).checked_div(of).unwrap_or(100);
        share(rules, self.rules).max(share(bytes, self.bytes))
    }

    /// What is left when so many rules of so many bytes are taken. Both or neither: what one has room for the other may refuse.
    pub(crate) fn less(self, rules: usize, bytes: usize) -> Option<Self> {
        Some(Self { rules: self.rules.checked_sub(rules)?, bytes: self.bytes.checked_sub(bytes)? })
    }
}
