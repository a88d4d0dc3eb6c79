//! Each rule is broken once, and what contracts may do breaks none.

use serde_json::{Value, json};

use super::{Contracts, Rule, breaks};

/// A contract with something of everything.
fn released() -> Value {
    json!({
        "name": "DoChore",
        "heartbeatSeconds": 15,
        "input": {
            "type": "object",
            "properties": {
                "room": { "$ref": "#/$defs/Room" },
                "times": { "type": "integer", "format": "uint8", "minimum": 0, "maximum": 255 },
                "remark": { "type": ["string", "null"], "pattern": "^[a-z]*$" },
            },
            "required": ["room"],
            "$defs": { "Room": { "description": "Where.", "type": "string", "enum": ["kitchen", "attic"] } },
        },
        "output": {
            "type": "object",
            "properties": {
                "done": { "type": "boolean" },
                "found": { "type": "array", "items": { "oneOf": [
                    { "type": "object", "properties": { "kind": { "const": "coin" }, "cents": { "type": "integer" } }, "required": ["kind", "cents"] },
                    { "type": "object", "properties": { "kind": { "const": "dust" } }, "required": ["kind"] },
                ] } },
                "broom": { "anyOf": [{ "type": "string" }, { "type": "null" }] },
            },
            "required": ["done", "found"],
        },
        "errors": [{ "name": "Kitchen.Busy", "class": "transient" }, { "name": "Broom.Broken", "class": "terminal" }],
    })
}

/// The rules that a change of that contract breaks, and where.
fn broken(change: impl FnOnce(&mut Value)) -> Vec<(Rule, String)> {
    let mut changed = released();
    change(&mut changed);
    let contracts = |contract: Value| Contracts::from([("DoChore".to_owned(), contract)]);
    breaks(&contracts(released()), &contracts(changed)).into_iter().map(|one| (one.rule, one.at)).collect()
}

fn rules(change: impl FnOnce(&mut Value)) -> Vec<Rule> {
    broken(change).into_iter().map(|(rule, _)| rule).collect()
}

fn remove(value: &mut Value, name: &str) {
    value.as_object_mut().unwrap().remove(name).unwrap();
}

#[test]
fn what_is_the_same_breaks_nothing() {
    assert_eq!(broken(|_| {}), []);
}

#[test]
fn what_grows_breaks_nothing() {
    let grown = broken(|contract| {
        contract["input"]["properties"]["hurry"] = json!({ "type": "boolean" });
        contract["input"]["required"] = json!([]);
        contract["input"]["$defs"]["Room"]["enum"] = json!(["attic", "cellar", "kitchen"]);
        contract["input"]["$defs"]["Room"]["description"] = json!("In which room.");
        contract["input"]["properties"]["remark"] = json!({ "type": ["string", "null"] });
        contract["output"]["properties"]["minutes"] = json!({ "type": "integer" });
        contract["output"]["properties"]["found"]["items"]["oneOf"].as_array_mut().unwrap().pop();
        contract["output"]["properties"]["broom"] = json!({ "type": "string" });
        contract["output"]["required"] = json!(["broom", "done", "found", "minutes"]);
        contract["errors"].as_array_mut().unwrap().push(json!({ "name": "Attic.Locked", "class": "terminal" }));
    });
    assert_eq!(grown, []);
}

#[test]
fn an_activity_stays() {
    let gone = breaks(&Contracts::from([("DoChore".to_owned(), released())]), &Contracts::new());
    assert_eq!(gone[0].rule, Rule::ActivityRemoved);
    assert!(gone[0].to_string().starts_with("DoChore: ActivityRemoved"), "{}", gone[0]);
}

#[test]
fn a_heartbeat_stays() {
    assert_eq!(rules(|contract| contract["heartbeatSeconds"] = json!(30)), [Rule::HeartbeatChanged]);
}

#[test]
fn an_input_demands_nothing_more() {
    let demands = broken(|contract| contract["input"]["required"] = json!(["room", "times"]));
    assert_eq!(demands, [(Rule::InputRequires, "$.times".to_owned())]);
    let demands = broken(|contract| {
        contract["input"]["properties"]["hurry"] = json!({ "type": "boolean" });
        contract["input"]["required"] = json!(["room", "hurry"]);
    });
    assert_eq!(demands, [(Rule::InputRequires, "$.hurry".to_owned())]);
}

#[test]
fn an_input_loses_no_field() {
    let lost = broken(|contract| remove(&mut contract["input"]["properties"], "remark"));
    assert_eq!(lost, [(Rule::InputLost, "$.remark".to_owned())]);
}

#[test]
fn an_input_takes_what_it_took() {
    for change in [
        |contract: &mut Value| contract["input"]["$defs"]["Room"]["enum"] = json!(["kitchen"]),
        |contract: &mut Value| contract["input"]["properties"]["remark"]["type"] = json!("string"),
        |contract: &mut Value| contract["input"]["properties"]["remark"]["pattern"] = json!("^[a-f]*$"),
        |contract: &mut Value| contract["input"]["properties"]["times"]["maximum"] = json!(7),
        |contract: &mut Value| contract["input"]["properties"]["times"]["type"] = json!("string"),
    ] {
        assert_eq!(rules(change), [Rule::InputNarrowed]);
    }
}

#[test]
fn an_output_loses_no_field_and_is_not_without_one() {
    let lost = broken(|contract| remove(&mut contract["output"]["properties"], "broom"));
    assert_eq!(lost, [(Rule::OutputLost, "$.broom".to_owned())]);
    let uncertain = broken(|contract| contract["output"]["required"] = json!(["done"]));
    assert_eq!(uncertain, [(Rule::OutputUncertain, "$.found".to_owned())]);
}

#[test]
fn an_output_says_nothing_that_it_never_said() {
    for change in [
        |contract: &mut Value| contract["output"]["properties"]["done"]["type"] = json!(["boolean", "null"]),
        |contract: &mut Value| {
            let found = &mut contract["output"]["properties"]["found"]["items"]["oneOf"];
            found.as_array_mut().unwrap().push(
                json!({ "type": "object", "properties": { "kind": { "const": "mouse" } }, "required": ["kind"] }),
            );
        },
        |contract: &mut Value| contract["output"]["properties"]["found"]["items"] = json!({}),
    ] {
        assert_eq!(rules(change), [Rule::OutputWidened]);
    }
}

#[test]
fn an_error_keeps_its_name_and_its_class() {
    let removed = broken(|contract| drop(contract["errors"].as_array_mut().unwrap().pop()));
    assert_eq!(removed, [(Rule::ErrorRemoved, "Broom.Broken".to_owned())]);
    let other = broken(|contract| contract["errors"][0]["class"] = json!("terminal"));
    assert_eq!(other, [(Rule::ErrorReclassified, "Kitchen.Busy".to_owned())]);
}
