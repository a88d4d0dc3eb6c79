use serde_json::json;

use super::*;

/// Two fields with names, and one of every other kind.
fn parse(text: &str) -> Result<Filter, String> {
    Filter::parse(text, |field| match field {
        "a" | "b" => Some(Kind::Name),
        "text" | "list" | "deep.name" => Some(Kind::Text),
        "when" => Some(Kind::Seconds),
        "truth" => Some(Kind::Truth),
        _ => None,
    })
}

#[test]
fn equations_are_joined_with_and_before_or() {
    let filter = parse("a:'1'+b:[\"2\",'3'],a:'4'").unwrap();
    for (record, expected) in [
        (json!({"a": "1", "b": "3"}), true),
        (json!({"a": "1", "b": "4"}), false),
        (json!({"a": "4"}), true),
        (json!({"b": "2"}), false),
        (json!({"a": 1, "b": "2"}), false),
        (json!("broken"), true),
    ] {
        assert_eq!(filter.passes(&record), expected, "{record}");
    }
    assert!(Filter::default().passes(&json!({})));
}

#[test]
fn a_record_is_compared_with_texts_seconds_times_and_truths() {
    let record = json!({
        "text": "m7", "list": ["one", "other"], "deep": [{ "name": "x" }, { "name": "y" }],
        "when": 1_714_564_800, "truth": true,
    });
    for (filter, expected) in [
        ("text:>='m7'", true),
        ("text:>'m7'", false),
        ("text:<='m7'", true),
        ("text:<'m7'", false),
        ("text:<'m70'", true),
        ("text:!'m7'", false),
        ("text:!['m8','m9']", true),
        ("list:'other'", true),
        ("list:'third'", false),
        ("list:!'one'", false),
        ("list:!'third'", true),
        ("deep.name:'y'", true),
        ("deep.name:'z'", false),
        ("when:>1714564799", true),
        ("when:>1714564800", false),
        ("when:>='2024-05-01T12:00:00Z'", true),
        ("when:<'2024-05-01T12:00:00Z'", false),
        ("when:[1,1714564800]", true),
        ("truth:true", true),
        ("truth:!'true'", false),
        ("truth:false+text:'m7'", false),
    ] {
        assert_eq!(parse(filter).unwrap().passes(&record), expected, "{filter}");
    }
}

#[test]
fn what_a_record_does_not_have_is_only_unlike() {
    for (filter, expected) in [("text:'m'", false), ("text:>'a'", false), ("text:!'m'", true), ("truth:false", false)] {
        assert_eq!(parse(filter).unwrap().passes(&json!({ "text": 7 })), expected, "{filter}");
    }
}

#[test]
fn what_every_record_must_have_is_known() {
    assert_eq!(parse("a:['1','2']+b:'3'").unwrap().values("a"), Some(vec!["1", "2"]));
    assert_eq!(parse("a:'1',a:'2'").unwrap().values("a"), Some(vec!["1", "2"]));
    assert_eq!(parse("a:'1',b:'2'").unwrap().values("a"), None);
    assert_eq!(parse("text:!'1'").unwrap().values("text"), None);
    assert_eq!(parse("text:>'1'").unwrap().values("text"), None);
    assert_eq!(Filter::default().values("a"), None);
}

#[test]
fn everything_else_is_refused() {
    let long = vec!["a:'1'"; 21].join("+");
    for text in [
        "",
        "a",
        "a:",
        "a:1",
        "a:'1",
        "a:['1'",
        "a:[]",
        "a:!'1'",
        "a:>'1'",
        "a:'1*'",
        "a:'it\\'s'",
        "c:'1'",
        "(a:'1')",
        "a:'1'b:'2'",
        "a:'1'+",
        "a:'1'é",
        "text:~'m'",
        "text:>['m']",
        "text:1",
        "when:'yesterday'",
        "when:>'now-7d'",
        "when:é",
        "truth:>false",
        "truth:'maybe'",
        long.as_str(),
    ] {
        assert!(parse(text).is_err(), "{text}");
    }
    assert_eq!(parse("c:'1'").unwrap_err(), "unknown property c");
}
