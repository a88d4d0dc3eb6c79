//! The same load without a common writer: each request reads, merges and writes by itself, and tries again after a pause
//! when somebody else was first.

use std::time::Duration;

use aws_sdk_networkfirewall::Client;
use falconer_domain::block::{Block, FindingRef, Mode, Requester};
use falconer_domain::guard::{Guard, GuardConfig};
use falconer_domain::ledger::{Change, Limits};
use falconer_tests::foreign_writer::keep_changing;
use falconer_tests::house::{self, BLOCK_GROUP, House};
use falconer_tests::load::{address, make_it_a_bad_day};
use falconer_tests::one_group;
use falconer_tests::tally::{GroupCalls, Tally};
use falconer_tests::token_protocol::{Try, try_to_rewrite};
use jiff::Timestamp;

/// The longest first pause. It doubles with each try, and chance takes a part of it: who comes again at once only meets
/// the same others.
const FIRST_PAUSE: Duration = Duration::from_millis(300);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// The same pauses in every run.
const SEED: u64 = 0;

/// What came of it.
pub(crate) struct Outcome {
    /// Blocks that stand in the group.
    pub(crate) held: usize,
    /// From the first request to the last update.
    pub(crate) until_written: Duration,
    pub(crate) calls: GroupCalls,
}

pub(crate) async fn bring_in(requests: usize) -> Outcome {
    fastrand::seed(SEED);
    let house = House::without_a_worker().await;
    let tally = Tally::new(&house.sandbox);
    let client = Client::new(&tally.counting(&house.sdk));
    make_it_a_bad_day(&house).await;
    let uncounted = house::sdk(&house.sandbox);
    let all_stand = move |text: &str| one_group::read(text).held().len() == requests;
    let others = tokio::spawn(async move { keep_changing(&uncounted, all_stand).await });
    let begun = tokio::time::Instant::now();
    let guard = Guard::new(GuardConfig { allow_documentation_ranges: true, ..GuardConfig::default() }).unwrap();
    let requests: Vec<_> = (0..requests)
        .map(|number| tokio::spawn(write(client.clone(), block(&guard, number, house.now()), house.now())))
        .collect();
    for request in requests {
        request.await.unwrap();
    }
    let (until_written, calls) = (begun.elapsed(), tally.calls());
    others.await.unwrap();
    house.control("DELETE", "faults", serde_json::Value::Null).await;
    Outcome { held: house.blocked().await.len(), until_written, calls }
}

fn block(guard: &Guard, number: usize, now: Timestamp) -> Block {
    let finding = FindingRef::of(&number.to_string(), falconer_tests::findings::FALCON);
    let admitted = guard.admit(address(number).parse().unwrap()).unwrap();
    Block::new(admitted, finding, Requester::Imported, Mode::Drop, now, "72h".parse().unwrap())
}

async fn write(client: Client, block: Block, now: Timestamp) {
    let change = Change { wanted: vec![block], released: Vec::new() };
    let mut pause = FIRST_PAUSE;
    loop {
        let merged = |text: &str| one_group::merged(text, &change, now, Limits::of_capacity(10_000)).0;
        if let Ok(Try::Written | Try::NothingToDo) = try_to_rewrite(&client, BLOCK_GROUP, merged).await {
            return;
        }
        tokio::time::sleep(pause.mul_f64(fastrand::f64())).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}
