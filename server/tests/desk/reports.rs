//! 单独上报 at the desk: read and dealt with by the headteacher and the designated person, and nowhere to be
//! noticed by anybody else.

use crate::children::*;
use crate::common::*;
use crate::world::*;
use serde_json::{Value, json};

const DONE: &str = "派出所来过，孩子先住在奶奶家";

async fn reports(desk: &mut Client) -> Vec<Value> {
    get(desk, "reports", json!({"page": 0})).await["rows"].as_array().unwrap().clone()
}

async fn owes(desk: &mut Client) -> bool {
    ask(desk, "duties", json!({"page": 0})).await.text().contains("SAFEGUARDING")
}

fn handled(report: &Value, done: &str) -> Value {
    json!({"handled": {"of": report, "done": done, "on": "2026-11-20", "reported_to": ["POLICE"]}})
}

#[tokio::test]
async fn what_was_done_ends_what_both_owe() {
    let world = World::new().await;
    let mut principal = world.desk(PRINCIPAL).await;
    let mut designated = world.desk(DESIGNATED).await;
    let report = reports(&mut designated).await[0]["seen"]["entry"]["id"].clone();
    assert!(owes(&mut principal).await && owes(&mut designated).await);
    let nothing = ask(&mut designated, "handle", handled(&report, "")).await;
    assert_eq!((nothing.status, nothing.code().as_str()), (422, "REQUIRED"));
    assert!(owes(&mut principal).await);

    get(&mut designated, "handle", handled(&report, DONE)).await;
    for desk in [&mut principal, &mut designated] {
        assert!(!owes(desk).await);
        let told = reports(desk).await;
        assert_eq!(told[0]["handled"][0]["entry"]["body"]["done"], DONE);
        assert_eq!(told[0]["handled"][0]["author_name"], "杨示例");
    }
    // Something more is done later: it stands below, and nothing is owed anew.
    get(&mut principal, "handle", handled(&report, "又去看过")).await;
    assert_eq!(reports(&mut designated).await[0]["handled"].as_array().unwrap().len(), 2);
    assert!(!owes(&mut designated).await);
    let file = get(&mut principal, "student", json!({"id": boy()})).await.to_string();
    assert!(!file.contains(DONE) && !file.contains(REPORTED), "{file}");
}

#[tokio::test]
async fn what_was_done_changes_no_byte_of_other_desks() {
    let world = World::new().await;
    let mut principal = world.desk(PRINCIPAL).await;
    let report = reports(&mut principal).await[0]["seen"]["entry"]["id"].clone();
    let others: Vec<_> =
        EVERYBODY.into_iter().filter(|(phone, ..)| ![PRINCIPAL, DESIGNATED].contains(phone)).collect();
    let mut before = Vec::new();
    for (phone, ..) in &others {
        before.push(told(&world, phone).await);
    }
    get(&mut principal, "handle", handled(&report, DONE)).await;
    for ((phone, ..), before) in others.iter().zip(before) {
        assert_eq!(told(&world, phone).await, before, "{phone}");
        let mut desk = world.desk(phone).await;
        let answer = ask(&mut desk, "handle", handled(&report, "没事了")).await;
        let unknown = ask(&mut desk, "handle", handled(&json!(girl()), "没事了")).await;
        assert_eq!(without_number(&answer), without_number(&unknown), "{phone}");
        assert_eq!(answer.status, 404, "{phone}");
    }
    assert_eq!(counted(&world).await, (1, 0));
}

/// How often something was said to be done, and how much waits for the office.
async fn counted(world: &World) -> (i64, i64) {
    let done = world.app.count("SELECT count(*) FROM entry WHERE kind = 'SAFEGUARDING_HANDLED'").await;
    (done, world.app.count("SELECT count(*) FROM quarantine").await)
}

/// What a desk shows of the child, its duties and its reports, but for the moment of asking.
async fn told(world: &World, phone: &str) -> Vec<String> {
    let mut desk = world.desk(phone).await;
    let mut told = Vec::new();
    for (function, arguments) in [
        ("student", json!({"id": boy()})),
        ("students", json!({"asked": {}})),
        ("visits", json!({"asked": {}})),
        ("duties", json!({"page": 0})),
        ("reports", json!({"page": 0})),
    ] {
        let answer = ask(&mut desk, function, arguments).await;
        let (status, mut body) = without_number(&answer);
        if let Some(body) = body.as_object_mut() {
            body.remove("as_of");
        }
        told.push(format!("{status} {body}"));
    }
    told
}
