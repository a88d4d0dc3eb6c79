//! What a written fault means.

use std::time::Duration;

use jiff::Timestamp;

use super::batch::Batch;
use super::rate::Rate;
use super::{CallFault, Effect, Fault, FlushFault, ZoneFault};

/// The effect of a fault that is switched on at `now`, or what is wrong with how it is written.
pub(super) fn effect(fault: &Fault, now: Timestamp) -> Result<Effect, &'static str> {
    if fault.times == Some(0) {
        return Err("times must be at least 1");
    }
    if fault.chance.is_some_and(|chance| !(chance > 0.0 && chance <= 1.0)) {
        return Err("chance must be over 0 and up to 1");
    }
    let is_rate = fault.fault.as_ref().is_some_and(|text| text.starts_with("rate:"));
    if is_rate && (fault.times.is_some() || fault.chance.is_some()) {
        return Err("a rate lasts until it is cleared");
    }
    match (&fault.operation, &fault.zone, &fault.flush, &fault.fault) {
        (Some(operation), None, None, Some(text)) => of_call(operation, text),
        (None, Some(_), None, Some(_)) if fault.times.is_some() || fault.chance.is_some() => {
            Err("a zone's fault lasts until it is cleared")
        }
        (None, Some(zone), None, Some(text)) => Ok(Effect::Zone { zone: zone.clone(), fault: zone_fault(text, now)? }),
        (None, None, Some(flush), None) => match flush.as_str() {
            "partial" => Ok(Effect::Flush(FlushFault::Partial)),
            "failed" => Ok(Effect::Flush(FlushFault::Failed)),
            _ => Err("a flush is partial or failed"),
        },
        _ => Err("write operation and fault, or zone and fault, or flush"),
    }
}

fn of_call(operation: &str, text: &str) -> Result<Effect, &'static str> {
    if !operation.contains('.') {
        return Err("operation is written service.Operation, as network-firewall.UpdateRuleGroup");
    }
    let operation = operation.to_owned();
    if let Some(text) = text.strip_prefix("delay:") {
        let milliseconds = text.parse().map_err(|_| "a delay is written delay:<milliseconds>")?;
        return Ok(Effect::Delay { operation, delay: Duration::from_millis(milliseconds) });
    }
    if let Some(text) = text.strip_prefix("rate:") {
        let rate = Rate::read(text).ok_or("a rate is written rate:<calls a second>/<burst>")?;
        return Ok(Effect::Rate { operation, rate });
    }
    let fault = match text.split_once(':').unwrap_or((text, "")) {
        ("throttle", "") => CallFault::Throttle,
        ("lose-answer", "") => CallFault::LoseAnswer,
        ("drop", "") => CallFault::Drop,
        ("token-conflict", "") if operation == "network-firewall.UpdateRuleGroup" => CallFault::TokenConflict,
        ("token-conflict", "") => return Err("token-conflict is a fault of network-firewall.UpdateRuleGroup"),
        ("partial", "") => {
            let batch = Batch::of(&operation);
            let form = "partial is a fault of config.PutEvaluations and securityhub.BatchImportFindings";
            CallFault::Partial(batch.ok_or(form)?)
        }
        ("error", code) if !code.is_empty() => CallFault::Error { code: code.to_owned() },
        _ => {
            return Err(
                "fault is throttle, rate:<per second>/<burst>, error:<Code>, lose-answer, drop, delay:<ms>, token-conflict or \
                 partial",
            );
        }
    };
    Ok(Effect::Call { operation, fault })
}

fn zone_fault(text: &str, now: Timestamp) -> Result<ZoneFault, &'static str> {
    match text.split_once(':').unwrap_or((text, "")) {
        ("stuck", "") => Ok(ZoneFault::Stuck { since: now }),
        ("capacity-constrained", "") => Ok(ZoneFault::CapacityConstrained),
        ("slow", text) => {
            let seconds = text.parse().map_err(|_| "a slow zone is written slow:<seconds>")?;
            Ok(ZoneFault::Slow(Duration::from_secs(seconds)))
        }
        _ => Err("fault of a zone is stuck, slow:<seconds> or capacity-constrained"),
    }
}
