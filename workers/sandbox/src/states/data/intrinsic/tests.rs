use jiff::Timestamp;
use serde_json::json;

use super::*;
use crate::random::Random;
use crate::states::data::context::{Context, ExecutionFacts};

fn value_of(text: &str, input: Value) -> Result<Value, Failure> {
    let execution = ExecutionFacts {
        arn: "arn".to_owned(),
        name: "run-7".to_owned(),
        input: Value::Null,
        role_arn: String::new(),
        started: Timestamp::UNIX_EPOCH,
        machine_arn: String::new(),
        machine_name: String::new(),
    };
    let context = Context { execution: &execution, state: "S", entered: Timestamp::UNIX_EPOCH, retries: 0, item: None };
    let random = Random::seeded(1);
    let call = Call::parse(text).unwrap_or_else(|problem| panic!("{text}: {problem}"));
    call.value(Scope { input: &input, context: &context, random: &random })
}

#[track_caller]
fn gives(text: &str, input: Value, expected: Value) {
    assert_eq!(value_of(text, input), Ok(expected), "{text}");
}

#[track_caller]
fn fails(text: &str, input: Value) {
    let failure = value_of(text, input).expect_err(text);
    assert_eq!(failure.error.as_deref(), Some("States.IntrinsicFailure"), "{text}");
}

#[test]
fn arrays() {
    let input = json!({ "a": [1, 2, 3, 3], "n": 7 });
    gives("States.Array()", input.clone(), json!([]));
    gives("States.Array($.n, 'x', null, true, 1.5)", input.clone(), json!([7, "x", null, true, 1.5]));
    gives("States.ArrayContains($.a, 2)", input.clone(), json!(true));
    gives("States.ArrayContains($.a, 'x')", input.clone(), json!(false));
    gives("States.ArrayGetItem($.a, 1)", input.clone(), json!(2));
    gives("States.ArrayLength($.a)", input.clone(), json!(4));
    gives("States.ArrayPartition($.a, 3)", input.clone(), json!([[1, 2, 3], [3]]));
    gives("States.ArrayRange(1, 9, 2)", input.clone(), json!([1, 3, 5, 7, 9]));
    gives("States.ArrayRange(3, 0, -2)", input.clone(), json!([3, 1]));
    gives("States.ArrayRange(3, 1, 1)", input.clone(), json!([]));
    gives("States.ArrayUnique($.a)", input.clone(), json!([1, 2, 3]));
    fails("States.ArrayGetItem($.a, 4)", input.clone());
    fails("States.ArrayLength($.n)", input.clone());
    fails("States.ArrayPartition($.a, 0)", input.clone());
    fails("States.ArrayRange(0, 1000, 1)", input.clone());
    fails("States.ArrayRange(0, 1, 0)", input);
}

#[test]
fn texts_and_json() {
    let input = json!({ "text": "a.b,,c", "json": "{\"k\": [1]}", "x": { "a": 1, "b": { "c": 1 } }, "y": { "b": {} } });
    gives("States.StringSplit($.text, '.,')", input.clone(), json!(["a", "b", "c"]));
    gives("States.StringToJson($.json)", input.clone(), json!({ "k": [1] }));
    gives("States.JsonToString($.x)", input.clone(), json!("{\"a\":1,\"b\":{\"c\":1}}"));
    gives("States.JsonMerge($.x, $.y, false)", input.clone(), json!({ "a": 1, "b": {} }));
    gives("States.Base64Encode('Falconer')", input.clone(), json!("RmFsY29uZXI="));
    gives("States.Base64Decode('RmFsY29uZXI=')", input.clone(), json!("Falconer"));
    fails("States.JsonMerge($.x, $.y, true)", input.clone());
    fails("States.StringToJson($.text)", input.clone());
    fails("States.Base64Decode('%')", input.clone());
    fails("States.Base64Encode($.long)", json!({ "long": "x".repeat(10_001) }));
}

#[test]
fn hashes() {
    gives("States.Hash('abc', 'MD5')", json!({}), json!("900150983cd24fb0d6963f7d28e17f72"));
    gives("States.Hash('abc', 'SHA-1')", json!({}), json!("a9993e364706816aba3e25717850c26c9cd0d89d"));
    let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    gives("States.Hash('abc', 'SHA-256')", json!({}), json!(sha256));
    let length = |algorithm: &str| {
        let hash = value_of(&format!("States.Hash('abc', '{algorithm}')"), json!({})).unwrap();
        hash.as_str().unwrap().len()
    };
    assert_eq!((length("SHA-384"), length("SHA-512")), (96, 128));
    fails("States.Hash('abc', 'CRC')", json!({}));
}

#[test]
fn numbers() {
    gives("States.MathAdd(111, -1)", json!({}), json!(110));
    gives("States.MathAdd(1.5, 1)", json!({}), json!(3));
    fails("States.MathAdd(2147483648, 1)", json!({}));
    fails("States.MathAdd('1', 1)", json!({}));
    let drawn = value_of("States.MathRandom(1, 3, 42)", json!({})).unwrap();
    gives("States.MathRandom(1, 3, 42)", json!({}), drawn.clone());
    assert!(drawn == json!(1) || drawn == json!(2));
    gives("States.MathRandom(5, 6)", json!({}), json!(5));
    fails("States.MathRandom(3, 3)", json!({}));
}

#[test]
fn identifiers_are_random_uuids() {
    let uuid = value_of("States.UUID()", json!({})).unwrap();
    let uuid = uuid::Uuid::parse_str(uuid.as_str().unwrap()).unwrap();
    assert_eq!(uuid.get_version_num(), 4);
}

#[test]
fn formatting_fills_each_place_and_keeps_escaped_brackets() {
    let input = json!({ "name": "it's", "n": 3, "o": { "k": null } });
    gives(
        r"States.Format('a\'b {} \{\} \\ {} {}', $.name, $.n, $.o)",
        input.clone(),
        json!(r#"a'b it's {} \ 3 {"k":null}"#),
    );
    gives("States.Format('{}, {}', $$.Execution.Name, States.MathAdd(1, $.n))", input.clone(), json!("run-7, 4"));
    gives("States.Format($.template, 1)", json!({ "template": "<{}>" }), json!("<1>"));
    fails("States.Format('{} {}', $.n)", input.clone());
    fails("States.Format('{}', 1, 2)", input.clone());
    fails("States.Format('{', 1)", input);
}

#[test]
fn a_quoted_text_loses_its_escapes_outside_of_format() {
    gives(r"States.Array('it\'s \{\} \\')", json!({}), json!([r"it's {} \"]));
    gives(
        "States.Array($['a,b'], $.c[?(@.d == ')')])",
        json!({ "a,b": 1, "c": [{ "d": ")" }] }),
        json!([1, [{ "d": ")" }]]),
    );
}

#[test]
fn a_path_that_finds_nothing_cannot_be_caught_as_an_intrinsic_failure() {
    let failure = value_of("States.Array($.missing)", json!({})).unwrap_err();
    assert_eq!(failure.error.as_deref(), Some("States.Runtime"));
}

#[test]
fn what_is_not_a_call_is_refused_when_it_is_read() {
    let deep = format!("{}$.x{}", "States.Array(".repeat(11), ")".repeat(11));
    for text in [
        "plain text",
        "States.Unknown()",
        "States.UUID(1)",
        "States.ArrayRange(1, 2)",
        "States.Array(1",
        "States.Array(1 2)",
        "States.Array('x)",
        r"States.Array('\n')",
        "States.Array([1])",
        "States.Array(word)",
        "States.Array() trailing",
        "States.Array($.x[)",
        &deep,
    ] {
        assert!(Call::parse(text).is_err(), "{text}");
    }
}
