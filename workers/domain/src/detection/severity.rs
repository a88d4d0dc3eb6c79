//! How bad an event is.

use super::event::Event;
use super::kind::Kind;
use crate::finding::Severity;

impl Event<'_> {
    /// By its `SeverityName`, which CrowdStrike's integrations go by; else by its number; else medium, so that an event that does
    /// not say is neither lost among the harmless nor wakes somebody.
    pub fn severity(&self) -> Severity {
        self.named_severity().or_else(|| self.numbered_severity()).unwrap_or(Severity::Medium)
    }

    /// What the event itself says of it.
    pub(super) fn original_severity(&self) -> Option<&str> {
        self.members.severity_name.get().or_else(|| self.members.severity.get())
    }

    fn named_severity(&self) -> Option<Severity> {
        Severity::from_label(self.members.severity_name.get()?.trim())
    }

    /// Detections until 2025 count to 5, identity protection too where its number is so small, and everything else to 100, in steps
    /// of 20 (a `SeverityName` beside it shows that 30 is low and 70 high). Policies of cloud accounts count from the worst, and
    /// not all in the same way: their number says nothing.
    fn numbered_severity(&self) -> Option<Severity> {
        let number: i64 = self.members.severity.number()?;
        let step = match (self.kind(), number) {
            (Kind::CloudIoa, _) | (_, ..0) => return None,
            (Kind::Detection | Kind::Idp, 0..=5) => number,
            _ => number / 20 + 1,
        };
        Some(match step {
            ..=1 => Severity::Informational,
            2 => Severity::Low,
            3 => Severity::Medium,
            4 => Severity::High,
            _ => Severity::Critical,
        })
    }
}
