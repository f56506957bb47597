//! The shape of what travels, pinned: one entry of each kind the demo county wrote, and both halves
//! of a sync. A change here is a change for phones that live for weeks.
#![allow(clippy::unwrap_used)]

use domain::entry::{Body, Entry};
use domain::fixtures::{County, Size};
use domain::sync::{Answer, Cursor, Page, Receipt, SyncRequest, SyncResponse};
use std::collections::BTreeMap;
use uuid::Uuid;

/// As it travels, bodies and all.
fn travelled(what: &impl serde::Serialize) -> serde_json::Value {
    serde_json::from_str(&serde_json::to_string(what).unwrap()).unwrap()
}

fn story() -> BTreeMap<String, Entry> {
    let mut first = BTreeMap::new();
    for written in County::on("2026-11-20".parse().unwrap(), Size::Village).story() {
        let Some(kind) = written.entry.body.kind() else { continue };
        first.entry(kind.code().to_owned()).or_insert(written.entry);
    }
    first
}

#[test]
fn entries() {
    insta::assert_json_snapshot!(travelled(&story()));
}

#[test]
fn every_entry_comes_back_as_it_was() {
    for entry in story().values() {
        let text = serde_json::to_string(entry).unwrap();
        let back: Entry = serde_json::from_str(&text).unwrap();
        assert_eq!(&back, entry);
        assert!(!matches!(back.body, Body::Unknown { .. }));
    }
}

#[test]
fn a_sync() {
    let entry = story().remove("ABSENCE").unwrap();
    let raw = serde_json::value::to_raw_value(&entry).unwrap();
    let cursor = Some(Cursor { epoch: 1, xid: 7_001, ver: 42 });
    let request = SyncRequest {
        protocol: 1,
        writer: entry.writer,
        build: "b1".into(),
        entries: vec![raw],
        cursor,
        directory: Some("f00d".into()),
        kept: vec![entry.id],
    };
    let receipt = |answer| Receipt { id: entry.id, seq: entry.seq, answer };
    let response = SyncResponse {
        receipts: vec![
            receipt(Answer::Accepted { number: "1120-0382".into(), received_at: entry.recorded_at }),
            receipt(Answer::Quarantined { number: "1120-0383".into() }),
            receipt(Answer::Refused { problems: vec![domain::problem::Problem::at("met", "REQUIRED")] }),
        ],
        decided: vec![domain::sync::Decided {
            id: entry.id,
            received_at: entry.recorded_at,
            returned: Some("不归这个班".into()),
        }],
        server_time: Some(entry.recorded_at),
        page: Page { reset: true, cursor, cards_gone: vec![Uuid::nil()], ..Page::default() },
        ..SyncResponse::default()
    };
    insta::assert_json_snapshot!(travelled(&(request, response)));
}
