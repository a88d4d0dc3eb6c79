//! Findings: who may import what, what an update keeps, and what can be found.

use serde_json::{Value, json};

use crate::aws::{Aws, HUB, MEMBER};

const FALCON: &str = "arn:aws:securityhub:us-east-1:517716713836:product/crowdstrike/crowdstrike-falcon";

pub(crate) fn finding(id: &str, updated: &str) -> Value {
    json!({
        "SchemaVersion": "2018-10-08",
        "Id": id,
        "ProductArn": FALCON,
        "GeneratorId": "Falcon Host",
        "AwsAccountId": HUB,
        "CreatedAt": "2024-05-01T10:00:00Z",
        "UpdatedAt": updated,
        "Severity": {"Label": "HIGH", "Original": "High"},
        "Title": "Falcon Alert",
        "Description": "A domain of an adversary",
        "Types": ["Namespace: TTPs"],
        "Resources": [{"Type": "AwsEc2Instance", "Id": "i-0abc"}],
        "ProductFields": {"crowdstrike/crowdstrike-falcon/IOCValue": "evil.example"},
    })
}

pub(crate) async fn import(aws: &Aws, findings: Value) -> Value {
    aws.hub_call("POST", "/findings/import", json!({"Findings": findings})).await.ok()
}

async fn find(aws: &Aws, filters: Value) -> Vec<Value> {
    let found = aws.hub_call("POST", "/findings", json!({"Filters": filters})).await.ok();
    found["Findings"].as_array().unwrap().clone()
}

pub(crate) fn named(id: &str) -> Value {
    json!([{"Id": id, "ProductArn": FALCON}])
}

async fn update(aws: &Aws, id: &str, changes: Value) -> Value {
    let mut input = changes;
    input["FindingIdentifiers"] = named(id);
    aws.hub_call("PATCH", "/findings/batchupdate", input).await.ok()
}

#[tokio::test(start_paused = true)]
async fn each_finding_that_breaks_the_format_fails_by_itself_and_the_others_go_in() {
    let aws = Aws::hub();
    let without = |name: &str| {
        let mut finding = finding("broken", "2024-05-01T10:00:00Z");
        finding.as_object_mut().unwrap().remove(name);
        finding
    };
    let with = |name: &str, value: Value| {
        let mut finding = finding("broken", "2024-05-01T10:00:00Z");
        finding[name] = value;
        finding
    };
    for (broken, problem) in [
        (without("Title"), "required property 'Title'"),
        (without("Severity"), "anyOf"),
        (without("Resources"), "required property 'Resources'"),
        (with("Resources", json!([])), "fewer than 1 items"),
        (with("Title", "x".repeat(257).into()), "longer than 256"),
        (with("UpdatedAt", "yesterday".into()), "date-time"),
        (with("Types", json!(["a/b/c/d"])), "data.Types[0]"),
        (with("Surprise", json!(1)), "additional properties"),
        (with("ProductFields", json!({"a": ""})), "shorter than 1"),
        (with("AwsAccountId", json!("999999999999")), "does not match the calling account"),
        (with("ProductArn", json!("arn:aws:securityhub:us-east-1::product/aws/guardduty")), "may not import"),
        (with("Description", json!({})), "should be string"),
    ] {
        let answer = import(&aws, json!([broken, finding("good", "2024-05-01T10:00:00Z")])).await;
        assert_eq!((&answer["FailedCount"], &answer["SuccessCount"]), (&json!(1), &json!(1)));
        let message = answer["FailedFindings"][0]["ErrorMessage"].as_str().unwrap();
        assert!(message.contains(problem), "{message}");
    }
    assert_eq!(find(&aws, json!({})).await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_member_imports_its_own_findings_and_the_hub_sees_them() {
    let aws = Aws::hub();
    let default = |account: &str| {
        let mut finding = finding("own", "2024-05-01T10:00:00Z");
        finding["AwsAccountId"] = account.into();
        finding["ProductArn"] = format!("arn:aws:securityhub:us-east-1:{MEMBER}:product/{MEMBER}/default").into();
        finding
    };
    assert_eq!(import(&aws.of(MEMBER), json!([default(MEMBER)])).await["SuccessCount"], 1);
    assert_eq!(import(&aws.of(MEMBER), json!([default(HUB)])).await["FailedCount"], 1);
    assert_eq!(find(&aws, json!({"AwsAccountId": [{"Value": MEMBER, "Comparison": "EQUALS"}]})).await.len(), 1);
    import(&aws, json!([finding("hubs", "2024-05-01T10:00:00Z")])).await;
    assert_eq!(find(&aws.of(MEMBER), json!({})).await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_partners_product_lets_each_account_import_its_own_findings_and_no_others() {
    let aws = Aws::hub();
    let mut of_member = finding("members", "2024-05-01T10:00:00Z");
    of_member["AwsAccountId"] = MEMBER.into();
    let refused = import(&aws, json!([of_member, finding("hubs", "2024-05-01T10:00:00Z")])).await;
    assert_eq!((&refused["FailedCount"], &refused["SuccessCount"]), (&json!(1), &json!(1)));
    assert_eq!(refused["FailedFindings"][0]["Id"], "members");
    assert_eq!(import(&aws.of(MEMBER), json!([of_member])).await["SuccessCount"], 1);
    assert_eq!(import(&aws.of(MEMBER), json!([finding("hubs", "2024-05-01T11:00:00Z")])).await["FailedCount"], 1);
}

/// A finding of a member under its own product, about one of its instances.
fn of_member(account: &str, region: &str, id: &str) -> Value {
    let mut finding = finding(id, "2024-05-01T10:00:00Z");
    finding["AwsAccountId"] = account.into();
    finding["ProductArn"] = format!("arn:aws:securityhub:{region}:{account}:product/{account}/default").into();
    finding["Resources"][0]["Id"] = format!("arn:aws:ec2:{region}:{account}:instance/{id}").into();
    finding
}

fn equals(value: &str) -> Value {
    json!([{"Value": value, "Comparison": "EQUALS"}])
}

fn ids(findings: &[Value]) -> Vec<&str> {
    findings.iter().map(|finding| finding["Id"].as_str().unwrap()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_member_has_its_findings_in_each_region_by_itself_where_security_hub_is_on() {
    let aws = Aws::hub();
    let far = aws.of(MEMBER).at("eu-west-1");
    let sent = json!({"Findings": [of_member(MEMBER, "eu-west-1", "i-far")]});
    let off = far.hub_call("POST", "/findings/import", sent.clone()).await;
    assert_eq!(off.error(), "401 InvalidAccessException");
    far.hub_call("POST", "/accounts", json!({})).await.ok();
    assert_eq!(far.hub_call("POST", "/findings/import", sent).await.ok()["SuccessCount"], 1);
    import(&aws.of(MEMBER), json!([of_member(MEMBER, "us-east-1", "i-near")])).await;
    assert_eq!(ids(&find(&far, json!({})).await), ["i-far"]);
    assert_eq!(ids(&find(&aws.of(MEMBER), json!({})).await), ["i-near"]);
    assert_eq!(ids(&find(&aws, json!({})).await), ["i-near"], "the administrator's regions are apart too");
    let elsewhere = json!([of_member(MEMBER, "us-east-1", "i-wrong")]);
    assert_eq!(import(&far, elsewhere).await["FailedCount"], 1, "a product is of its region");
}

#[tokio::test(start_paused = true)]
async fn the_hub_finds_and_updates_the_findings_of_one_member_among_many() {
    let members: Vec<String> = (0..20).map(|number| format!("{:012}", 200_000_000_000_u64 + number)).collect();
    let aws = Aws::with_members(&members);
    for member in &members {
        let findings = ["i-1", "i-2"].map(|id| of_member(member, "us-east-1", id));
        assert_eq!(import(&aws.of(member), json!(findings)).await["SuccessCount"], 2);
    }
    let seventh = &members[7];
    let of_seventh = json!({"AwsAccountId": equals(seventh), "RecordState": equals("ACTIVE")});
    assert_eq!(ids(&find(&aws, of_seventh).await), ["i-1", "i-2"]);
    let resource = format!("arn:aws:ec2:us-east-1:{seventh}:instance/i-2");
    assert_eq!(ids(&find(&aws, json!({"ResourceId": equals(&resource)})).await), ["i-2"]);
    assert_eq!(find(&aws, json!({"GeneratorId": [{"Value": "Falcon", "Comparison": "PREFIX"}]})).await.len(), 40);
    let stranger = aws.of(&members[6]);
    let own = find(&stranger, json!({})).await;
    assert_eq!(own.iter().map(|finding| &finding["AwsAccountId"]).collect::<Vec<_>>(), [&members[6], &members[6]]);
    let identifier = json!({"Id": "i-1", "ProductArn": of_member(seventh, "us-east-1", "i-1")["ProductArn"]});
    let changes = json!({"FindingIdentifiers": [identifier], "Note": {"Text": "seen", "UpdatedBy": "us"}});
    let refused = stranger.hub_call("PATCH", "/findings/batchupdate", changes.clone()).await.ok();
    assert_eq!(refused["UnprocessedFindings"][0]["ErrorCode"], "FindingNotFound");
    aws.hub_call("PATCH", "/findings/batchupdate", changes).await.ok();
    let noted = find(&aws, json!({"NoteText": equals("seen")})).await;
    assert_eq!(noted.len(), 1);
    assert_eq!(noted[0]["AwsAccountId"], **seventh);
}

#[tokio::test(start_paused = true)]
async fn an_older_finding_changes_nothing_and_a_newer_one_keeps_what_customers_wrote() {
    let aws = Aws::hub();
    import(&aws, json!([finding("f", "2024-05-01T10:00:00Z")])).await;
    let changes = json!({
        "Note": {"Text": "ours", "UpdatedBy": "analyst"},
        "Workflow": {"Status": "NOTIFIED"},
        "UserDefinedFields": {"a": "1", "b": "2"},
        "Severity": {"Label": "LOW"},
    });
    assert_eq!(update(&aws, "f", changes).await["ProcessedFindings"].as_array().unwrap().len(), 1);
    let mut same_time = finding("f", "2024-05-01T10:00:00Z");
    same_time["Title"] = "ignored".into();
    import(&aws, json!([same_time])).await;
    assert_eq!(find(&aws, json!({})).await[0]["Title"], "Falcon Alert");
    let mut newer = finding("f", "2024-05-01T11:00:00Z");
    newer["Title"] = "Falcon Alert, again".into();
    newer["Note"] = json!({"Text": "theirs", "UpdatedBy": "provider", "UpdatedAt": "2024-05-01T11:00:00Z"});
    import(&aws, json!([newer])).await;
    let now = find(&aws, json!({})).await.remove(0);
    assert_eq!(now["Title"], "Falcon Alert, again");
    assert_eq!(now["Note"]["Text"], "ours");
    assert_eq!(now["Workflow"]["Status"], "NOTIFIED");
    assert_eq!(now["UserDefinedFields"], json!({"a": "1", "b": "2"}));
    assert_eq!(now["Severity"]["Label"], "LOW");
}

#[tokio::test(start_paused = true)]
async fn an_update_replaces_note_and_fields_as_a_whole_and_leaves_updated_at() {
    let aws = Aws::hub();
    import(&aws, json!([finding("f", "2024-05-01T10:00:00Z")])).await;
    update(&aws, "f", json!({"UserDefinedFields": {"a": "1"}})).await;
    update(&aws, "f", json!({"UserDefinedFields": {"b": "2"}})).await;
    let now = find(&aws, json!({})).await.remove(0);
    assert_eq!(now["UserDefinedFields"], json!({"b": "2"}));
    assert_eq!(now["UpdatedAt"], "2024-05-01T10:00:00Z");
}

#[tokio::test(start_paused = true)]
async fn an_update_derives_one_half_of_a_severity_from_the_other() {
    let aws = Aws::hub();
    import(&aws, json!([finding("f", "2024-05-01T10:00:00Z")])).await;
    for (sent, kept) in [
        (json!({"Label": "LOW"}), json!({"Label": "LOW", "Normalized": 1})),
        (json!({"Normalized": 95}), json!({"Normalized": 95, "Label": "CRITICAL"})),
        (json!({"Label": "MEDIUM", "Normalized": 69}), json!({"Label": "MEDIUM", "Normalized": 69})),
    ] {
        update(&aws, "f", json!({"Severity": sent})).await;
        assert_eq!(find(&aws, json!({})).await[0]["Severity"], kept);
    }
}

#[tokio::test(start_paused = true)]
async fn an_update_of_the_workflow_leaves_the_older_workflow_state_alone() {
    let aws = Aws::hub();
    import(&aws, json!([finding("f", "2024-05-01T10:00:00Z")])).await;
    update(&aws, "f", json!({"Workflow": {"Status": "SUPPRESSED"}})).await;
    let now = find(&aws, json!({})).await.remove(0);
    assert_eq!((&now["Workflow"]["Status"], &now["WorkflowState"]), (&json!("SUPPRESSED"), &json!("NEW")));
}

#[tokio::test(start_paused = true)]
async fn an_update_names_the_findings_that_it_did_not_process() {
    let aws = Aws::hub();
    import(&aws, json!([finding("f", "2024-05-01T10:00:00Z")])).await;
    let identifiers = [named("f")[0].clone(), named("nobody")[0].clone(), named("f")[0].clone()];
    let input = json!({"FindingIdentifiers": identifiers, "Workflow": {"Status": "RESOLVED"}});
    let answer = aws.hub_call("PATCH", "/findings/batchupdate", input).await.ok();
    assert_eq!(answer["ProcessedFindings"], named("f"));
    let codes: Vec<_> =
        answer["UnprocessedFindings"].as_array().unwrap().iter().map(|entry| &entry["ErrorCode"]).collect();
    assert_eq!(codes, ["FindingNotFound", "DuplicatedFindingIdentifier"]);
    let long = json!({"FindingIdentifiers": named("f"), "Note": {"Text": "x".repeat(513), "UpdatedBy": "me"}});
    assert_eq!(aws.hub_call("PATCH", "/findings/batchupdate", long).await.error(), "400 InvalidInputException");
}

#[tokio::test(start_paused = true)]
async fn filters_join_what_they_ask_for_by_or_and_what_they_exclude_by_and() {
    let aws = Aws::hub();
    let findings: Vec<_> = ["a-1", "a-2", "b-1"].map(|id| finding(id, "2024-05-01T10:00:00Z")).into();
    import(&aws, json!(findings)).await;
    for (filters, expected) in [
        (json!({"Id": [{"Value": "a-", "Comparison": "PREFIX"}, {"Value": "b-1", "Comparison": "EQUALS"}]}), 3),
        (
            json!({"Id": [{"Value": "a-1", "Comparison": "NOT_EQUALS"}, {"Value": "a-2", "Comparison": "NOT_EQUALS"}]}),
            1,
        ),
        (json!({"Id": [{"Value": "a-", "Comparison": "PREFIX"}, {"Value": "a-1", "Comparison": "NOT_EQUALS"}]}), 1),
        (
            json!({"Id": [{"Value": "a-", "Comparison": "PREFIX"}], "SeverityLabel": [{"Value": "LOW", "Comparison": "EQUALS"}]}),
            0,
        ),
        (json!({"ResourceId": [{"Value": "i-0abc", "Comparison": "EQUALS"}]}), 3),
        (
            json!({"ProductFields": [{"Key": "crowdstrike/crowdstrike-falcon/IOCValue", "Value": "evil.example", "Comparison": "EQUALS"}]}),
            3,
        ),
        (json!({"UserDefinedFields": [{"Key": "a", "Value": "1", "Comparison": "NOT_EQUALS"}]}), 3),
        (json!({"UpdatedAt": [{"Start": "2024-05-01T10:00:01Z"}]}), 0),
        (json!({"UpdatedAt": [{"DateRange": {"Value": 1, "Unit": "DAYS"}}]}), 3),
        (json!({"UpdatedAt": [{"DateRange": {"Value": 1, "Unit": "DAYS", "Comparison": "OLDER_THAN"}}]}), 0),
        (json!({"SeverityNormalized": [{"Gte": 70.0, "Lt": 90.0}]}), 3),
    ] {
        assert_eq!(find(&aws, filters.clone()).await.len(), expected, "{filters}");
    }
}

#[tokio::test(start_paused = true)]
async fn findings_are_found_by_their_user_defined_fields() {
    let aws = Aws::hub();
    let findings: Vec<_> = ["a", "b", "c", "d"].map(|id| finding(id, "2024-05-01T10:00:00Z")).into();
    import(&aws, json!(findings)).await;
    for (id, state) in [("a", "Blocked"), ("b", "Alerting"), ("c", "Expired")] {
        update(&aws, id, json!({"UserDefinedFields": {"state": state}})).await;
    }
    let state = |value: &str, comparison: &str| json!({"Key": "state", "Value": value, "Comparison": comparison});
    let either = json!({"UserDefinedFields": [state("Blocked", "EQUALS"), state("Alerting", "EQUALS")]});
    let found = find(&aws, either).await;
    assert_eq!(found.iter().map(|finding| finding["Id"].as_str().unwrap()).collect::<Vec<_>>(), ["a", "b"]);
    let neither = json!({"UserDefinedFields": [state("Blocked", "NOT_EQUALS"), state("Alerting", "NOT_EQUALS")]});
    assert_eq!(find(&aws, neither).await.len(), 2);
    assert!(find(&aws, json!({"UserDefinedFields": [state("blocked", "EQUALS")]})).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_filter_that_get_findings_does_not_take_is_refused() {
    let aws = Aws::hub();
    let text = |comparison: &str| json!({"Value": "a", "Comparison": comparison});
    let entry = |comparison: &str| json!({"Key": "state", "Value": "a", "Comparison": comparison});
    let many: serde_json::Map<String, Value> =
        ["Id", "ProductArn", "Title", "Type", "Region", "GeneratorId", "NoteText", "ResourceId", "ResourceType"]
            .into_iter()
            .chain(["ProductName", "CompanyName"])
            .map(|name| (name.to_owned(), json!([text("EQUALS")])))
            .collect();
    for filters in [
        json!({"Colour": [text("EQUALS")]}),
        json!({"Title": [text("CONTAINS")]}),
        json!({"Title": [text("CONTAINS_WORD")]}),
        json!({"Title": [text("EQUALS"), text("PREFIX_NOT_EQUALS")]}),
        json!({"UserDefinedFields": [entry("CONTAINS")]}),
        json!({"UserDefinedFields": [entry("PREFIX")]}),
        json!({"UserDefinedFields": [entry("EQUALS"), entry("NOT_EQUALS")]}),
        json!(many),
    ] {
        let answered = aws.hub_call("POST", "/findings", json!({"Filters": filters})).await;
        assert_eq!(answered.error(), "400 InvalidInputException", "{filters}");
    }
}

#[tokio::test(start_paused = true)]
async fn findings_come_in_order_and_page_by_page() {
    let aws = Aws::hub();
    let findings: Vec<_> =
        (0..5).map(|number| finding(&format!("f{number}"), &format!("2024-05-01T10:00:0{number}Z"))).collect();
    import(&aws, json!(findings)).await;
    let mut input = json!({"MaxResults": 3, "SortCriteria": [{"Field": "UpdatedAt", "SortOrder": "desc"}]});
    let first = aws.hub_call("POST", "/findings", input.clone()).await.ok();
    input["NextToken"] = first["NextToken"].clone();
    let second = aws.hub_call("POST", "/findings", input).await.ok();
    let pages = [&first, &second].map(|page| page["Findings"].as_array().unwrap().clone()).concat();
    let ids: Vec<_> = pages.iter().map(|finding| finding["Id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["f4", "f3", "f2", "f1", "f0"]);
    assert!(second.get("NextToken").is_none());
}

#[tokio::test(start_paused = true)]
async fn a_custom_action_has_a_short_name_and_a_unique_alphanumeric_id() {
    let aws = Aws::hub();
    let action = |name: &str, id: &str| json!({"Name": name, "Id": id, "Description": "d"});
    for (input, error) in [
        (action(&"x".repeat(21), "a"), "400 InvalidInputException"),
        (action("x", "not-alnum"), "400 InvalidInputException"),
        (action("x", "falconerBlock"), "409 ResourceConflictException"),
    ] {
        assert_eq!(aws.hub_call("POST", "/actionTargets", input).await.error(), error);
    }
    let described = aws.hub_call("POST", "/actionTargets/get", json!({})).await.ok();
    assert_eq!(described["ActionTargets"].as_array().unwrap().len(), 3);
}
