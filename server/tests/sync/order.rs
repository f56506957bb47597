//! The server's order loses nothing: many writers, long transactions and rollbacks while a reader
//! pulls.

use crate::children::*;
use crate::common::*;
use crate::phone::Phone;
use domain::entry::Subject;
use domain::ids::{EntryId, WriterId};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use uuid::Uuid;

const WRITERS: usize = 16;
const ROUNDS: usize = 12;
const AT_ONCE: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_reader_misses_nothing_of_sixteen_writers() {
    let app = TestApp::new().await;
    enrol(&app).await;
    let mut first = Phone::of(&app, TEACHER).await;
    first.sync().await;
    let mut reader = Phone::of(&app, OFFICE).await;
    reader.sync().await;

    let done = Arc::new(AtomicBool::new(false));
    let pulling = tokio::spawn({
        let done = done.clone();
        async move {
            let mut pulls = 0;
            while !done.load(Ordering::Relaxed) {
                reader.sync_once().await;
                pulls += 1;
            }
            (reader, pulls)
        }
    });
    let holding = tokio::spawn(hold_and_roll_back(app.superuser.clone(), done.clone()));

    let mut writers = Vec::new();
    for n in 0..WRITERS {
        let mut phone = Phone::of(&app, TEACHER).await;
        phone.replica = first.replica.clone();
        phone.replica.writer = WriterId(Uuid::new_v4());
        writers.push(tokio::spawn(async move {
            let mut ids = Vec::new();
            for round in 0..ROUNDS {
                for k in 0..AT_ONCE {
                    let child = if (n + round + k).is_multiple_of(2) { girl() } else { boy() };
                    ids.push(phone.write(Subject::Student(child), absence(k as u64)));
                }
                // The reply is lost now and then.
                if round % 3 == 0 {
                    assert_eq!(phone.ask().await.status, 200);
                }
                phone.sync_once().await;
            }
            assert!(ids.iter().all(|id| phone.accepted(*id)));
            ids
        }));
    }
    let mut written = BTreeSet::new();
    for writer in writers {
        written.extend(writer.await.unwrap());
    }
    done.store(true, Ordering::Relaxed);
    holding.await.unwrap();
    let (mut reader, pulls) = pulling.await.unwrap();
    horizon_passes(&app.superuser).await;
    reader.sync_once().await;

    let seen: BTreeSet<EntryId> =
        reader.replica.caseload.files.values().flat_map(|f| &f.entries).map(|e| e.entry.id).collect();
    assert_eq!(written.len(), WRITERS * ROUNDS * AT_ONCE);
    let missed: Vec<_> = written.difference(&seen).collect();
    assert!(missed.is_empty(), "{} of {} missed in {pulls} pulls", missed.len(), written.len());
    assert!(pulls > 5, "the reader pulled only {pulls} times meanwhile");
    assert_eq!(app.count("SELECT count(*) FROM entry WHERE kind = 'ABSENCE'").await, written.len() as i64);

    // The same as somebody who pulls everything now.
    let mut fresh = Phone::of(&app, OFFICE).await;
    fresh.sync().await;
    for (id, file) in &fresh.replica.caseload.files {
        let long = &reader.replica.caseload.files[id];
        assert_eq!(file.student, long.student);
        let ids = |f: &domain::sync::FileView| f.entries.iter().map(|e| e.entry.id).collect::<BTreeSet<_>>();
        assert_eq!(ids(file), ids(long));
    }
}

/// Transactions that take a place in the order early and end late, every other one by rollback.
async fn hold_and_roll_back(superuser: sqlx::PgPool, done: Arc<AtomicBool>) {
    let mut n = 0_u32;
    while !done.load(Ordering::Relaxed) {
        let mut tx = superuser.begin().await.unwrap();
        sqlx::query("SELECT nextval('ver'), pg_current_xact_id(), pg_sleep(0.02)")
            .execute(&mut *tx)
            .await
            .unwrap();
        if n.is_multiple_of(2) {
            tx.commit().await.unwrap()
        } else {
            tx.rollback().await.unwrap()
        }
        n += 1;
    }
}

/// The interleaving that a cursor over a plain sequence loses: the first takes its number, the second
/// takes the next one and commits, the reader reads, the first commits.
#[tokio::test]
async fn who_takes_a_number_first_and_commits_last_is_not_lost() {
    let app = TestApp::new().await;
    enrol(&app).await;
    let mut reader = Phone::of(&app, TEACHER).await;
    reader.sync().await;

    let county_id = county().0;
    let late = EntryId(Uuid::now_v7());
    let mut first = app.superuser.begin().await.unwrap();
    sqlx::query(
        "INSERT INTO entry (county, id, facet, kind, subject_kind, subject, student, class, author, author_name,
           writer, seq, recorded_at, received_at, raw)
         SELECT county, $2, facet, kind, subject_kind, subject, student, class, author, author_name, writer, 1000,
           recorded_at, received_at, replace(raw, id::text, $2::text)
         FROM entry WHERE county = $1 AND student = $3 LIMIT 1",
    )
    .bind(county_id)
    .bind(late.0)
    .bind(girl().0)
    .execute(&mut *first)
    .await
    .unwrap();

    let mut second = Phone::of(&app, TEACHER).await;
    let early = second.write(Subject::Student(girl()), absence(1));
    second.sync_once().await;
    assert!(second.accepted(early));
    reader.sync_once().await;
    let has = |reader: &Phone, id| reader.file(girl()).entries.iter().any(|e| e.entry.id == id);
    assert!(!has(&reader, early) && !has(&reader, late), "nothing behind a running transaction is shown");
    first.commit().await.unwrap();
    reader.sync().await;
    assert!(has(&reader, early) && has(&reader, late));
}
