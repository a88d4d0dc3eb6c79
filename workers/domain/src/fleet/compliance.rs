//! What AWS Config is told of a verdict.

use super::verdict::{Source, Unmanaged, Verdict};

/// The longest annotation of an evaluation, in characters
/// (<https://docs.aws.amazon.com/config/latest/APIReference/API_Evaluation.html>).
const LONGEST_ANNOTATION: usize = 256;

/// What an evaluation says of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compliance {
    /// A healthy sensor.
    Compliant,
    /// No healthy sensor on an instance that needs one.
    NonCompliant,
    /// The rule has nothing to say: the instance does not run, or needs no sensor.
    NotApplicable,
}

impl Verdict {
    /// What Config is told; `None` if nothing can be said: Config takes no "insufficient data" from a rule
    /// (<https://docs.aws.amazon.com/config/latest/APIReference/API_Evaluation.html>), so that what it was told before stands.
    ///
    /// An unsupported platform does not comply: no sensor protects it, and whoever accepts that says so with a tag.
    pub fn compliance(&self) -> Option<Compliance> {
        match self {
            Self::Healthy { .. } => Some(Compliance::Compliant),
            Self::Excluded { .. } | Self::Unmanaged { why: Unmanaged::Stopped } => Some(Compliance::NotApplicable),
            Self::Unknown { .. } => None,
            Self::Missing { .. }
            | Self::Stale { .. }
            | Self::ReducedFunctionality { .. }
            | Self::Outdated { .. }
            | Self::Unmanaged { .. }
            | Self::UnsupportedPlatform { .. } => Some(Compliance::NonCompliant),
        }
    }

    /// Why, in one sentence.
    pub fn sentence(&self) -> String {
        match self {
            Self::Healthy { version: Some(version), last_seen } => {
                format!("The Falcon sensor {version} works, and reported at {last_seen:.0}.")
            }
            Self::Healthy { version: None, last_seen } => {
                format!("The Falcon sensor works, and reported at {last_seen:.0}.")
            }
            Self::Missing { installed: None } => "Falcon knows no sensor on this instance.".to_owned(),
            Self::Missing { installed: Some(version) } => {
                format!("The inventory lists a Falcon sensor ({version}), but it never reported to Falcon.")
            }
            Self::Stale { last_seen: Some(seen) } => {
                format!("The instance runs, but its Falcon sensor last reported at {seen:.0}.")
            }
            Self::Stale { last_seen: None } => {
                "The instance runs, but Falcon does not say when its sensor last reported.".to_owned()
            }
            Self::ReducedFunctionality { version } => {
                let version = version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
                format!("The Falcon sensor{version} runs in reduced functionality mode: it does not know the kernel.")
            }
            Self::Outdated { version, wanted } => {
                format!("The Falcon sensor is {version}, and its update policy wants {wanted}.")
            }
            Self::Unmanaged { why: Unmanaged::NoAgent } => {
                "Falcon knows no sensor on this instance, and Systems Manager does not manage it.".to_owned()
            }
            Self::Unmanaged { why: Unmanaged::ConnectionLost } => {
                "Falcon knows no sensor on this instance, and its Systems Manager agent does not answer.".to_owned()
            }
            Self::Unmanaged { why: Unmanaged::Stopped } => "The instance is stopped.".to_owned(),
            Self::UnsupportedPlatform { platform } => {
                format!("Falcon knows no sensor on this instance, and the package has none for {platform}.")
            }
            Self::Excluded { tag } => format!("The tag {tag} says that this instance needs no sensor."),
            Self::Unknown { source: Source::Falcon } => "Falcon did not answer.".to_owned(),
            Self::Unknown { source: Source::SystemsManager } => {
                "Falcon knows no sensor on this instance, and Systems Manager did not answer.".to_owned()
            }
        }
    }

    /// The sentence, cut to what an evaluation's annotation may hold.
    pub fn annotation(&self) -> String {
        shortened(self.sentence())
    }
}

/// A platform or a tag can be longer than an annotation.
fn shortened(sentence: String) -> String {
    match sentence.char_indices().nth(LONGEST_ANNOTATION - 1) {
        Some((end, _)) if sentence[end..].chars().count() > 1 => format!("{}…", &sentence[..end]),
        _ => sentence,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verdict_has_its_compliance() {
        let version = |text: &str| text.parse().unwrap();
        let seen = "2026-01-15T10:00:00Z".parse().unwrap();
        for (verdict, compliance) in [
            (Verdict::Healthy { version: None, last_seen: seen }, Some(Compliance::Compliant)),
            (Verdict::Missing { installed: None }, Some(Compliance::NonCompliant)),
            (Verdict::Stale { last_seen: Some(seen) }, Some(Compliance::NonCompliant)),
            (Verdict::ReducedFunctionality { version: None }, Some(Compliance::NonCompliant)),
            (Verdict::Outdated { version: version("7.1.1"), wanted: version("7.2.1") }, Some(Compliance::NonCompliant)),
            (Verdict::Unmanaged { why: Unmanaged::NoAgent }, Some(Compliance::NonCompliant)),
            (Verdict::Unmanaged { why: Unmanaged::ConnectionLost }, Some(Compliance::NonCompliant)),
            (Verdict::Unmanaged { why: Unmanaged::Stopped }, Some(Compliance::NotApplicable)),
            (Verdict::UnsupportedPlatform { platform: "Bottlerocket 1".to_owned() }, Some(Compliance::NonCompliant)),
            (Verdict::Excluded { tag: "falconer:exclude".to_owned() }, Some(Compliance::NotApplicable)),
            (Verdict::Unknown { source: Source::Falcon }, None),
            (Verdict::Unknown { source: Source::SystemsManager }, None),
        ] {
            assert_eq!(verdict.compliance(), compliance, "{verdict:?}");
        }
    }

    #[test]
    fn an_annotation_is_at_most_256_characters_of_whatever_alphabet() {
        let long = Verdict::Excluded { tag: "ü".repeat(300) }.annotation();
        assert_eq!(long.chars().count(), 256);
        let fits =
            Verdict::Excluded { tag: "x".repeat(256 - "The tag  says that this instance needs no sensor.".len()) };
        assert_eq!(fits.annotation(), fits.sentence());
    }
}
