//! The switch that stops everything that nobody asked for.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::extract::readable;

/// Whether anything may act by itself. Only a switch that clearly says so lets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Switch {
    /// Findings that the policy lets act, act.
    On,
    /// A person has paused every automatic act.
    Paused(Pause),
    /// It is not there, or says something else: nothing acts by itself until somebody has looked.
    Unclear,
}

/// A person's word that nothing is to act by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pause {
    /// Since when.
    pub since: Timestamp,
    /// Why, in the person's words.
    pub reason: String,
}

/// The switch as it is kept: `{"automatic":"on"}`, or
/// `{"automatic":"paused","since":"2026-01-15T10:00:00Z","reason":"false positives since the morning"}`.
#[derive(Serialize, Deserialize)]
#[serde(tag = "automatic", rename_all = "camelCase")]
enum Written {
    On,
    Paused(Pause),
}

impl Switch {
    /// Reads a switch; `None` is one that is not there.
    pub fn read(text: Option<&str>) -> Self {
        match text.map(serde_json::from_str) {
            Some(Ok(Written::On)) => Self::On,
            Some(Ok(Written::Paused(pause))) => Self::Paused(pause),
            Some(Err(_)) | None => Self::Unclear,
        }
    }

    /// What [`read`](Self::read) reads; `None` of a switch that nobody would write.
    pub fn written(&self) -> Option<String> {
        let written = match self {
            Self::On => Written::On,
            Self::Paused(pause) => Written::Paused(pause.clone()),
            Self::Unclear => return None,
        };
        serde_json::to_string(&written).ok()
    }

    /// Why nothing may act by itself, as a clause; `None` if it may.
    pub fn objection(&self) -> Option<String> {
        match self {
            Self::On => None,
            Self::Paused(Pause { since, reason }) => {
                let since = since.strftime("%Y-%m-%d %H:%M UTC");
                Some(format!("automatic acts are paused since {since} ({})", readable(reason)))
            }
            Self::Unclear => Some(
                "the switch for automatic acts is missing or unreadable (`falconer resume` writes it anew)".to_owned(),
            ),
        }
    }
}
