//! MaxConcurrency and MaxErrors of commands and associations: a number of instances, or a share of them.
//!
//! <https://docs.aws.amazon.com/systems-manager/latest/userguide/send-commands-multiple.html>.

use crate::constraints::Constraints;

const CONCURRENCY: &str = "^([1-9][0-9]*|[1-9][0-9]%|[1-9]%|100%)$";
const ERRORS: &str = "^([1-9][0-9]*|[0]|[1-9][0-9]%|[0-9]%|100%)$";

pub(super) fn check(constraints: &mut Constraints, concurrency: Option<&str>, errors: Option<&str>) {
    constraints
        .length("maxConcurrency", concurrency, 1, 7)
        .form("maxConcurrency", concurrency, CONCURRENCY, |text| read(text).is_some_and(|(number, _)| number > 0))
        .length("maxErrors", errors, 1, 7)
        .form("maxErrors", errors, ERRORS, |text| read(text).is_some());
}

/// How many of so many targets; of a share, the whole ones.
pub(super) fn of_targets(text: &str, targets: usize) -> usize {
    match read(text) {
        Some((percent, true)) => targets * percent / 100,
        Some((number, false)) => number,
        None => 0,
    }
}

/// The number, and whether it is of a hundred.
fn read(text: &str) -> Option<(usize, bool)> {
    let (digits, share) = text.strip_suffix('%').map_or((text, false), |digits| (digits, true));
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
    let number = digits.parse().ok().filter(|_| plain)?;
    (!share || number <= 100).then_some((number, share))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_a_number_or_a_share() {
        for (text, of_fifty) in [("0", 0), ("10", 10), ("10%", 5), ("100%", 50), ("1%", 0), ("0%", 0)] {
            assert_eq!(of_targets(text, 50), of_fifty, "{text}");
        }
        for text in ["", "%", "01", "101%", "+1", "1.5", "-1"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
