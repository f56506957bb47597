//! A state that nobody looks into travels as it came; one that somebody changes is a value again.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use chrono::NaiveDate;
use domain::student::StudentState;
use domain::sync::{Replica, Unread};

const CAME: &str = r#"{"status":"ACTIVE","unlisted":"2026-09-14","of_a_newer_version":[1,2]}"#;

fn came(text: &str) -> Unread<StudentState> {
    serde_json::from_str(text).unwrap()
}

fn goes_on(state: &Unread<StudentState>) -> String {
    serde_json::to_string(state).unwrap()
}

#[test]
fn what_nobody_changed_goes_on_as_it_came() {
    let state = came(CAME);
    assert_eq!(goes_on(&state), CAME);
    assert_eq!(state.unlisted, NaiveDate::from_ymd_opt(2026, 9, 14));
    assert_eq!(goes_on(&state), CAME, "also after it was looked into");
    assert_eq!(goes_on(&state.clone()), CAME);
}

#[test]
fn a_change_is_what_counts_from_then_on() {
    let mut state = came(CAME);
    state.change(|state| state.unlisted = None);
    assert_eq!(goes_on(&state), r#"{"status":"ACTIVE"}"#);
    assert_eq!(state, came(r#"{"status":"ACTIVE"}"#));
}

#[test]
fn what_cannot_be_read_stands_as_nothing_and_is_not_lost() {
    let unreadable = r#"{"status":{"in":"another shape"}}"#;
    let state = came(unreadable);
    assert_eq!(*state, StudentState::default());
    assert_eq!(goes_on(&state), unreadable);
}

#[test]
fn an_id_is_looked_for_in_the_text_and_anything_in_a_value() {
    assert!(came(CAME).may_mention("2026-09-14") && !came(CAME).may_mention("2026-09-15"));
    let mut read = came(CAME);
    read.change(|_| {});
    assert!(read.may_mention("2026-09-15"), "not looked for, so it may");
}

#[test]
fn a_directory_that_cannot_be_read_holds_nothing_up_and_is_asked_for_again() {
    let answer = r#"{"receipts":[],"page":{"directory":{"of":"tomorrow"},"directory_fingerprint":"f00d",
        "cursor":{"epoch":1,"xid":7,"ver":1}}}"#;
    let mut phone = Replica::new(uuid::Uuid::nil().into());
    phone.receive(None, serde_json::from_str(answer).unwrap());
    let next = phone.request("test");
    assert_eq!((next.cursor.map(|at| at.xid), next.directory), (Some(7), None));
}
