//! What a service or a package said of a failure, made fit to be shown and kept.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The bytes of a cause in JSON: 500 results with their causes stay below the 256 KiB of an execution's data.
const MOST_BYTES: usize = 180;

/// A few words on a failure: on one line, cut, and without a token.
///
/// What a command prints is hostile text, and CrowdStrike's scripts print the installation token with the arguments of
/// `falconctl` and of the installer
/// (<https://github.com/CrowdStrike/aws-ssm-distributor/tree/main/custom-api-package/package>).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(from = "String", into = "String")]
#[schemars(with = "String")]
pub struct Cause(String);

impl Cause {
    /// Makes a cause of any text.
    pub fn of(text: &str) -> Self {
        let words = text.split(|character: char| character.is_whitespace() || character.is_control());
        let mut follows_name = false;
        let mut shown = Vec::new();
        for word in words.filter(|word| !word.is_empty()) {
            shown.push(if follows_name { SECRET.to_owned() } else { without_secret(word) });
            follows_name = names_secret(word);
        }
        Self(shortened(&shown.join(" "), MOST_BYTES))
    }

    /// The words.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What stands for a secret.
const SECRET: &str = "[secret]";

/// Beginnings of what scripts say of secrets, in small letters: `--provisioning-token=…`, `ProvToken=…`, `CID=…`,
/// `SSM_CS_AUTH_TOKEN='…'`, `"access_token": "…"`.
const BEFORE_SECRETS: [&str; 5] = ["token=", "token:", "token\":", "cid=", "cid:"];

/// Whether the next word is a secret.
fn names_secret(word: &str) -> bool {
    let small = word.to_ascii_lowercase();
    small.ends_with("bearer") || BEFORE_SECRETS.iter().any(|beginning| small.ends_with(beginning))
}

/// The word up to the first secret in it.
fn without_secret(word: &str) -> String {
    let small = word.to_ascii_lowercase();
    let secret = BEFORE_SECRETS.iter().filter_map(|beginning| Some(small.find(beginning)? + beginning.len())).min();
    match secret {
        Some(start) if start < word.len() => format!("{}{SECRET}", &word[..start]),
        _ => word.to_owned(),
    }
}

/// As much of a text as takes `most` bytes in JSON, with an ellipsis if that is not all.
pub(super) fn shortened(text: &str, most: usize) -> String {
    if text.chars().map(bytes_in_json).sum::<usize>() <= most {
        return text.to_owned();
    }
    let mut used = '…'.len_utf8();
    let fits = |character: &char| {
        used += bytes_in_json(*character);
        used <= most
    };
    text.chars().take_while(fits).chain(['…']).collect()
}

fn bytes_in_json(character: char) -> usize {
    match character {
        '"' | '\\' => 2,
        '\0'..='\u{1f}' => 6,
        _ => character.len_utf8(),
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl From<String> for Cause {
    fn from(text: String) -> Self {
        Self::of(&text)
    }
}

impl From<Cause> for String {
    fn from(cause: Cause) -> Self {
        cause.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_holds_no_secret_that_a_script_prints() {
        for (printed, shown) in [
            (
                "info: Running [/opt/CrowdStrike/falconctl -s --provisioning-token=5EC2E7AB --cid=0123ABCD-12]",
                "info: Running [/opt/CrowdStrike/falconctl -s --provisioning-token=[secret] --cid=[secret]",
            ),
            (
                "Running installer with arguments: /install CID=0123ABCD-12 ProvWaitTime=1200000 ProvToken=5EC2E7AB",
                "Running installer with arguments: /install CID=[secret] ProvWaitTime=1200000 ProvToken=[secret]",
            ),
            ("curl -H \"Authorization: Bearer 5EC2E7AB\"", "curl -H \"Authorization: Bearer [secret]"),
            ("Authorization:\tbearer\n5EC2E7AB", "Authorization: bearer [secret]"),
            (r#"{"access_token": "5EC2E7AB", "expires_in": 1}"#, r#"{"access_token": [secret] "expires_in": 1}"#),
            ("Token: 5EC2E7AB is not valid", "Token: [secret] is not valid"),
            ("export SSM_CS_AUTH_TOKEN='5EC2E7AB'", "export SSM_CS_AUTH_TOKEN=[secret]"),
            ("/uninstall /quiet MAINTENANCE_TOKEN=5EC2E7AB", "/uninstall /quiet MAINTENANCE_TOKEN=[secret]"),
        ] {
            assert_eq!(Cause::of(printed).as_str(), shown);
        }
    }

    #[test]
    fn a_cause_is_one_short_line() {
        assert_eq!(
            Cause::of("  Failed\r\n\n\tdownloading\u{1b}[31m binary \0").as_str(),
            "Failed downloading [31m binary"
        );
        for text in ["a".repeat(181), "\"\\".repeat(100), "ü".repeat(100), "😀".repeat(60)] {
            let cause = Cause::of(&text);
            let bytes = serde_json::to_string(&cause).unwrap().len() - 2;
            assert!((175..=180).contains(&bytes) && cause.as_str().ends_with('…'), "{bytes}");
            assert_eq!(Cause::of(cause.as_str()), cause);
        }
        assert_eq!(Cause::of(&"a".repeat(180)).as_str(), "a".repeat(180));
    }
}
