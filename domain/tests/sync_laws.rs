//! The laws of sync, held by three to four phones and the reference hub through random days: lost
//! replies, apps killed before a reply was stored, repeated and reordered requests, cloned devices, wrong
//! clocks, moved children, changed grants, two users on one phone, entries of a newer app, apps older than
//! the server, a server restored from a backup.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, unreachable_pub)]

#[path = "sync_laws/county.rs"]
mod county;
#[path = "sync_laws/tomorrow.rs"]
mod tomorrow;
#[path = "sync_laws/world.rs"]
mod world;

use chrono::Duration;
use county::*;
use domain::entry::Kind;
use domain::sync::{Progress, Replica};
use proptest::prelude::*;
use world::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 160, max_shrink_iters: 4000, ..ProptestConfig::default() })]

    #[test]
    fn holds_through_bad_days(steps in prop::collection::vec(step(), 0..60)) {
        let mut world = World::new();
        for step in &steps {
            world.step(step);
        }
        world.settle_down();
        world.laws();
    }
}

#[test]
fn the_answer_counts_whichever_came_first() {
    for visit_first in [true, false] {
        let mut world = World::new();
        world.visit(0, student(0), false);
        world.step(&Step::Confirm { phone: 3, knock: 0 });
        for phone in if visit_first { [0, 3] } else { [3, 0] } {
            world.sync(phone);
        }
        let state = world.hub.state(student(0)).unwrap();
        let standing = state.visits[0].standing(&domain::policy::Policy::default());
        assert_eq!(standing, domain::confirmation::Standing::Confirmed);
    }
}

#[test]
fn honest_work_of_yesterday_is_taken_and_a_strangers_is_kept_for_the_office() {
    let mut world = World::new();
    while world.sync(0) {}
    world.visit(0, student(0), false);
    world.move_to(student(0), class(1));
    let mut gone = people()[0].clone();
    gone.grants.clear();
    world.hub.set_actor(gone);
    world.sync(0);
    let first = world.phones[0].replicas[&0].outbox[0].progress.clone();
    assert!(matches!(first, Progress::Accepted { .. } | Progress::Quarantined { .. }), "{first:?}");

    world.visit(2, student(2), false);
    world.sync(2);
    let other = world.phones[2].replicas[&1].outbox[0].progress.clone();
    assert!(matches!(other, Progress::Quarantined { .. }), "{other:?}");
}

#[test]
fn what_an_old_app_cannot_read_holds_nothing_up_and_is_read_after_the_update() {
    let mut world = World::new();
    while world.sync(0) {}
    let before = world.replica(0).cursor;
    world.move_to(student(1), class(0));
    for _ in 0..2 {
        world.visit(1, student(0), false);
        world.sync(1);
    }
    world.step(&Step::Withdraw { phone: 1 });
    world.sync(1);
    while world.sync(0) {}

    let read = |world: &mut World, n| {
        let caseload = &world.replica(0).caseload;
        let file = &caseload.files[&student(n)];
        let kinds: Vec<_> = file.entries.iter().filter_map(|seen| seen.entry.body.kind()).collect();
        (kinds, caseload.duties.len(), caseload.aside.len())
    };
    assert!(world.replica(0).cursor > before && !world.phones[1].old);
    let (enrolled, visited) = (Kind::Enrolment, Kind::Visit);
    assert_eq!(read(&mut world, 0), (vec![enrolled, visited, visited], 0, 1), "the visits, and a duty aside");

    world.update(0);
    world.sync(0);
    let (kinds, duties, aside) = read(&mut world, 0);
    assert_eq!((kinds, duties, aside), (vec![enrolled, visited, visited, Kind::Withdrawal], 1, 0));
}

#[test]
fn the_author_learns_what_the_office_decided_however_often_the_answer_is_lost() {
    for returned in [None, Some("这个孩子归三班，请转给宋老师".to_owned())] {
        let mut world = World::new();
        while world.sync(2) {}
        world.visit(2, student(2), false);
        world.sync(2);
        let entry = world.phones[2].replicas[&1].outbox[0].entry.id;
        assert!(world.hub.decide(entry, returned.clone(), now()));
        assert!(!world.hub.decide(entry, None, now()), "decided twice");
        for _ in 0..3 {
            world.step(&Step::ReplyLost { phone: 2 });
        }
        world.sync(2);
        let replica = &world.phones[2].replicas[&1];
        let back: Vec<_> = replica.refused().map(|q| q.progress.clone()).collect();
        match returned {
            Some(words) => assert_eq!(back, [Progress::Returned { words }]),
            None => assert!(matches!(replica.progress(entry), Some(Progress::Accepted { .. })), "{back:?}"),
        }
        assert!(replica.request("test").kept.is_empty(), "it asks no longer");
    }
}

#[test]
fn children_leave_a_phone_without_contact_and_what_was_written_stays() {
    let mut world = World::new();
    while world.sync(0) {}
    world.visit(0, student(0), false);
    let replica = world.replica(0);
    let (before, files) = (replica.clone(), replica.caseload.files.len());
    assert!(files > 1 && replica.caseload.files.contains_key(&student(0)));
    assert_eq!(replica.lapse(now() + Duration::days(14)), domain::sync::Changes::default());
    assert_eq!(*replica, before);

    // Taken away: at once, and with the same care.
    let mut revoked = replica.clone();
    revoked.put_away(now());
    replica.lapse(now() + Duration::days(14) + Duration::seconds(1));
    assert_eq!(revoked, *replica);
    assert_eq!(replica.caseload.files.keys().copied().collect::<Vec<_>>(), [student(0)]);
    assert!(replica.caseload.duties.is_empty() && replica.is_put_away() && !before.is_put_away());
    assert_eq!(replica.outbox, before.outbox);

    while world.sync(0) {}
    let replica = world.replica(0);
    assert_eq!(replica.caseload.files.len(), files);
    assert!(replica.unsent().next().is_none());
}

#[test]
fn a_clock_more_than_a_day_off_is_noticed_both_ways() {
    let mut world = World::new();
    while world.sync(0) {}
    let replica = world.replica(0);
    let server = replica.server_time.unwrap();
    let odd = |replica: &Replica, met: Duration, now: Duration| {
        Replica { device_time: Some(server + met), ..replica.clone() }.clock_is_odd(server + now)
    };
    let (hour, day) = (Duration::hours(1), Duration::days(1));
    assert!(!odd(replica, Duration::zero(), Duration::zero()));
    assert!(!odd(replica, -hour, day * 30), "long without contact is no wrong clock");
    assert!(odd(replica, -day * 2, -day * 2), "behind");
    assert!(!odd(replica, day, day), "a day is borne");
    assert!(odd(replica, day * 2, day * 2), "ahead");
    assert!(odd(replica, day * 2, day * 9), "and still");
    assert!(!odd(replica, day * 2, hour), "put right meanwhile");
}

#[test]
fn an_answer_that_no_longer_follows_on_is_asked_for_again() {
    let mut world = World::new();
    while world.sync(0) {}
    let (asked, request) = world.ask(0).unwrap();
    let response = world.serve(0, &request).unwrap();
    let replica = world.replica(0);
    assert!(!replica.clone().receive(asked, response.clone()).more, "it follows on, and that was all");
    // Another window has brought the phone to another place meanwhile.
    replica.cursor = response.page.cursor.map(domain::sync::Cursor::beginning);
    assert!(replica.receive(asked, response).more);
}
