//! The codes of a knock are read by two programs, this crate and the page without an account
//! (`public/answer.js`). Both are held to the same list, `tickets.json`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use domain::confirmation::Secret;
use domain::confirmation::code::{Ticket, receipt, spoken};
use domain::ids::KnockId;
use domain::unhex8;
use domain::vocabulary::{ConfirmationResult, Relation};
use serde::Deserialize;
use std::collections::BTreeMap;
use uuid::Uuid;

#[derive(Deserialize)]
struct Listed {
    text: String,
    knock: Uuid,
    secret: String,
    shown: String,
    minute: u32,
    village: u64,
    village_name: String,
    teacher: String,
    people: u8,
    met: Vec<Relation>,
    household: String,
    code: String,
    receipts: BTreeMap<String, String>,
}

fn listed() -> Vec<Listed> {
    serde_json::from_str(include_str!("tickets.json")).unwrap()
}

fn ticket(of: &Listed) -> Ticket {
    Ticket {
        knock: KnockId(of.knock),
        secret: Secret(unhex8(&of.secret).unwrap()),
        mark: unhex8(&of.shown).unwrap(),
        minute: of.minute,
        village: of.village,
        village_name: of.village_name.clone(),
        teacher: of.teacher.clone(),
        people: of.people,
        met: Relation::ALL
            .iter()
            .enumerate()
            .filter(|(_, relation)| of.met.contains(relation))
            .fold(0, |mask, (bit, _)| mask | (1 << bit)),
        household: of.household.clone(),
    }
}

#[test]
fn writes_the_listed_tickets() {
    for line in listed() {
        assert_eq!(ticket(&line).encode(), line.text, "{}", line.household);
    }
}

#[test]
fn reads_the_listed_tickets() {
    for line in listed() {
        let read = Ticket::decode(&format!("https://example.edu.cn/q#{}", line.text)).unwrap();
        assert_eq!(read, ticket(&line));
        assert_eq!(read.shown(), line.shown);
        assert_eq!(read.relations().cloned().collect::<Vec<_>>(), line.met);
    }
}

#[test]
fn speaks_the_listed_codes() {
    for line in listed() {
        let secret = Secret(unhex8(&line.secret).unwrap());
        assert_eq!(spoken(&secret), line.code);
        for result in ConfirmationResult::ALL {
            assert_eq!(receipt(&secret, result), line.receipts[result.code()]);
        }
    }
}
