//! Accounts in which Security Hub is still off, and how they become members of the administrator.

use serde_json::{Value, json};

use crate::accounts::{NEW, add};
use crate::aws::{Answered, Aws, HUB, MEMBER};
use crate::security_hub::finding;

async fn create(aws: &Aws, accounts: Value) -> Answered {
    aws.hub_call("POST", "/members", json!({"AccountDetails": accounts})).await
}

async fn members(aws: &Aws, query: &str) -> Vec<String> {
    let listed = aws.hub_call("GET", &format!("/members{query}"), json!({})).await.ok();
    let accounts = listed["Members"].as_array().unwrap().iter();
    accounts.map(|member| member["AccountId"].as_str().unwrap().to_owned()).collect()
}

async fn titles(aws: &Aws, filters: Value) -> usize {
    let found = aws.hub_call("POST", "/findings", json!({"Filters": filters})).await.ok();
    found["Findings"].as_array().unwrap().len()
}

#[tokio::test(start_paused = true)]
async fn everything_but_switching_on_is_refused_where_security_hub_is_off() {
    let aws = Aws::hub();
    add(&aws, json!({})).await;
    let new = aws.of(NEW);
    for (method, path) in [
        ("GET", "/accounts"),
        ("GET", "/administrator"),
        ("GET", "/members"),
        ("GET", "/organization/configuration"),
        ("POST", "/members"),
        ("POST", "/members/get"),
        ("POST", "/findings"),
    ] {
        let refused = new.hub_call(method, path, json!({})).await;
        assert_eq!(refused.error(), "401 InvalidAccessException", "{method} {path}");
        assert!(refused.message().contains("not subscribed"), "{}", refused.message());
    }
    new.hub_call("POST", "/accounts", json!({"EnableDefaultStandards": false})).await.ok();
    assert_eq!(new.hub_call("GET", "/administrator", json!({})).await.ok(), json!({}));
    assert_eq!(new.hub_call("POST", "/accounts", json!({})).await.error(), "409 ResourceConflictException");
}

#[tokio::test(start_paused = true)]
async fn an_account_that_becomes_a_member_has_security_hub_switched_on() {
    let aws = Aws::hub();
    add(&aws, json!({"email": "new@example.com"})).await;
    assert_eq!(create(&aws, json!([{"AccountId": NEW}])).await.ok(), json!({"UnprocessedAccounts": []}));
    let new = aws.of(NEW);
    new.hub_call("GET", "/accounts", json!({})).await.ok();
    let told = new.hub_call("GET", "/administrator", json!({})).await.ok()["Administrator"].clone();
    assert_eq!((&told["AccountId"], &told["MemberStatus"]), (&json!(HUB), &json!("Enabled")));
    let got = aws.hub_call("POST", "/members/get", json!({"AccountIds": [NEW, "999999999999"]})).await.ok();
    let member = &got["Members"][0];
    assert_eq!((&member["MemberStatus"], &member["AdministratorId"]), (&json!("Enabled"), &json!(HUB)));
    assert_eq!(member["Email"], "new@example.com");
    assert_eq!(got["UnprocessedAccounts"][0]["AccountId"], "999999999999");
    let again = create(&aws, json!([{"AccountId": NEW}, {"AccountId": "999999999999"}])).await.ok();
    assert!(
        again["UnprocessedAccounts"][0]["ProcessingResult"].as_str().unwrap().contains("already a member"),
        "{again}"
    );
    assert_eq!(again["UnprocessedAccounts"][1]["AccountId"], "999999999999");
}

#[tokio::test(start_paused = true)]
async fn members_are_listed_in_pages_to_the_administrator_alone_and_region_by_region() {
    let aws = Aws::hub();
    add(&aws, json!({"memberOf": true})).await;
    assert_eq!(members(&aws, "?OnlyAssociated=false").await, [NEW, MEMBER, "777788889999"]);
    let first = aws.hub_call("GET", "/members?MaxResults=2", json!({})).await.ok();
    let next = first["NextToken"].as_str().unwrap().replace('=', "%3D");
    assert_eq!(members(&aws, &format!("?MaxResults=2&NextToken={next}")).await, ["777788889999"]);
    assert_eq!(members(&aws.of(MEMBER), "").await, [""; 0]);
    let far = aws.at("eu-west-1");
    far.hub_call("POST", "/accounts", json!({})).await.ok();
    assert_eq!(members(&far, "").await, [""; 0]);
    create(&far, json!([{"AccountId": MEMBER}])).await.ok();
    assert_eq!(members(&far, "").await, [MEMBER]);
    for wrong in ["?MaxResults=51", "?MaxResults=many", "?NextToken=AAAA", "?OnlyAssociated=perhaps"] {
        let refused = aws.hub_call("GET", &format!("/members{wrong}"), json!({})).await;
        assert_eq!(refused.error(), "400 InvalidInputException", "{wrong}");
    }
}

#[tokio::test(start_paused = true)]
async fn only_the_administrator_takes_members_in_and_fifty_at_once() {
    let aws = Aws::hub();
    let member = aws.of(MEMBER);
    assert_eq!(create(&member, json!([{"AccountId": NEW}])).await.error(), "401 InvalidAccessException");
    let path = "/organization/configuration";
    assert_eq!(member.hub_call("GET", path, json!({})).await.error(), "401 InvalidAccessException");
    let configuration = aws.hub_call("GET", path, json!({})).await.ok();
    assert_eq!(configuration["AutoEnable"], false);
    for wrong in [json!([]), json!(vec![json!({"AccountId": NEW}); 51]), json!([{"Email": "a@example.com"}])] {
        assert_eq!(create(&aws, wrong).await.error(), "400 InvalidInputException");
    }
}

#[tokio::test(start_paused = true)]
async fn the_administrator_sees_the_findings_of_its_members_only() {
    let aws = Aws::hub();
    add(&aws, json!({"securityHub": true})).await;
    let new = aws.of(NEW);
    let mut own = finding("of the new account", "2024-05-01T10:00:00Z");
    own["AwsAccountId"] = json!(NEW);
    new.hub_call("POST", "/findings/import", json!({"Findings": [own]})).await.ok();
    let of_new = json!({"AwsAccountId": [{"Value": NEW, "Comparison": "EQUALS"}]});
    assert_eq!((titles(&new, json!({})).await, titles(&aws, json!({})).await), (1, 0));
    assert_eq!(titles(&aws, of_new.clone()).await, 0);
    create(&aws, json!([{"AccountId": NEW}])).await.ok();
    assert_eq!((titles(&aws, json!({})).await, titles(&aws, of_new.clone()).await), (1, 1));
    // What there is stays to be seen after the account is closed.
    aws.control("DELETE", &format!("accounts/{NEW}"), json!(null)).await.ok();
    assert_eq!(titles(&aws, of_new).await, 1);
}
