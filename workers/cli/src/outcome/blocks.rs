//! What became of indicators: blocked, released, refused, waiting.

use serde_json::Value;

use crate::execution::Ending;
use crate::paint::{BAD, GOOD, WARN, paint};

/// Prints a line for each block, wait, refusal, remark and flush.
pub(super) fn tell(ending: &Ending) {
    let plan = &ending.output["plan"];
    for block in list(&ending.output["ledger"]["blocks"]) {
        let (value, outcome) = (text(&block["indicator"]["value"]), text(&block["outcome"]));
        if block["held"].is_null() {
            anstream::println!("  {} {value} ({outcome})", paint(BAD, "not blocked"));
        } else {
            let expires = text(&block["held"]["entry"]["expires"]);
            anstream::println!("  {} {value} ({outcome}, until {expires})", paint(GOOD, "blocked"));
        }
    }
    for release in list(&ending.output["released"]["releases"]) {
        let value = text(&release["indicator"]["value"]);
        let (style, words) = match text(&release["outcome"]) {
            "released" if ending.output["request"]["dryRun"] == true => (WARN, "would be released"),
            "released" => (GOOD, "released"),
            "causeEnded" => (WARN, "stays, since others ask for it"),
            _ => (BAD, "not held"),
        };
        anstream::println!("  {} {value}", paint(style, words));
    }
    for finding in list(&plan["findings"]).iter().filter(|finding| finding["decision"] == "wait") {
        anstream::println!("  {} {}", paint(WARN, "waiting"), text(&finding["sentence"]));
    }
    for reserved in list(&plan["reserved"]) {
        let (value, sentence) = (text(&reserved["indicator"]["value"]), text(&reserved["waiting"]["sentence"]));
        anstream::println!("  {} {value}: {sentence}", paint(WARN, "waiting"));
    }
    for refused in list(&plan["refused"]) {
        anstream::println!("  {} {}", paint(WARN, "refused"), text(&refused["refusal"]["sentence"]));
    }
    for remark in list(&plan["remarks"]) {
        anstream::println!("  {} {}: {}", paint(WARN, "left out"), text(&remark["value"]), text(&remark["problem"]));
    }
    for operation in list(&ending.output["flush"]["operations"]) {
        anstream::println!(
            "  {} open flows in {}: {}",
            paint(GOOD, "flushed"),
            text(&operation["zone"]),
            text(&operation["status"])
        );
    }
}

/// Whether something that was to be released was not there.
pub(crate) fn any_not_held(ending: &Ending) -> bool {
    list(&ending.output["released"]["releases"]).iter().any(|release| release["outcome"] == "notHeld")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
