//! The form of a managed node's id.

use crate::constraints::Constraints;

/// <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_SendCommand.html>.
const PATTERN: &str = r"(^i-(\w{8}|\w{17})$)|(^mi-\w{17}$)";

pub(super) fn check(constraints: &mut Constraints, member: &str, id: Option<&str>) {
    constraints.form(member, id, PATTERN, is_one);
}

pub(super) fn is_one(id: &str) -> bool {
    let (prefix, rest) = id.split_once('-').unwrap_or_default();
    let lengths: &[usize] = match prefix {
        "i" => &[8, 17],
        "mi" => &[17],
        _ => &[],
    };
    lengths.contains(&rest.len()) && rest.chars().all(|character| character.is_ascii_alphanumeric() || character == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_eight_or_seventeen_characters() {
        for (id, fits) in [
            ("i-0f1a2b3c", true),
            ("i-0f1a2b3c4d5e6f701", true),
            ("mi-0f1a2b3c4d5e6f701", true),
            ("mi-0f1a2b3c", false),
            ("i-0f1a2b3c4d5e6f70", false),
            ("i-0f1a2b3-", false),
            ("0f1a2b3c", false),
            ("", false),
        ] {
            assert_eq!(is_one(id), fits, "{id}");
        }
    }
}
