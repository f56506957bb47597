//! A timeline is what it was, whether anybody looked into it or not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use domain::fixtures::{County, Size, Written};
use domain::ids::UserId;
use domain::sync::{SeenEntry, Timeline};

fn entries() -> Vec<SeenEntry> {
    let county = County::on("2026-11-20".parse().unwrap(), Size::Village);
    county.story().into_iter().take(3).map(seen).collect()
}

fn seen(written: Written) -> SeenEntry {
    SeenEntry {
        entry: written.entry,
        author: UserId(uuid::Uuid::nil()),
        author_name: "示例".to_owned(),
        received_at: written.received_at,
    }
}

#[test]
fn what_nobody_looked_into_is_kept_as_it_came() {
    // Spaces and a field of a newer server, which reading and writing would lose.
    let came = r#"[ {"entry": {"newer": true}, "later": 1} ]"#;
    let timeline: Timeline = serde_json::from_str(came).unwrap();
    assert_eq!(serde_json::to_string(&timeline).unwrap(), came);
    assert!(timeline.is_empty());
    assert_eq!(serde_json::to_string(&timeline).unwrap(), came);
}

#[test]
fn what_was_added_stands_behind_what_came() {
    let all = entries();
    let came = serde_json::to_string(&all[..2]).unwrap();
    let mut timeline: Timeline = serde_json::from_str(&came).unwrap();
    timeline.push(all[2].clone());
    assert_eq!(timeline, Timeline::from(all.clone()));
    let again: Timeline = serde_json::from_str(&serde_json::to_string(&timeline).unwrap()).unwrap();
    assert_eq!(*again, all[..]);
}

#[test]
fn a_mention_is_never_missed() {
    let all = entries();
    let came: Timeline = serde_json::from_str(&serde_json::to_string(&all).unwrap()).unwrap();
    let there = all[1].entry.id.to_string();
    assert!(came.may_mention(&there));
    assert!(!came.may_mention("nobody wrote this"));
    assert_eq!(came.len(), 3);
    assert!(came.may_mention(&there) && Timeline::from(all).may_mention(&there));
}
