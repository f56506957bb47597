//! A phone that hangs up, at any moment of a request, leaves nothing half done behind.

use crate::children::*;
use crate::common::*;
use crate::phone::{Phone, now};
use domain::entry::{Body, Subject};
use domain::ids::KnockId;
use std::pin::pin;
use std::task::Poll;
use tracing::level_filters::LevelFilter;
use uuid::Uuid;

/// What comes of it, unless it is given up after it has waited so many times.
async fn given_up_after<F: Future>(waits: usize, asked: F) -> Option<F::Output> {
    let mut asked = pin!(asked);
    let mut left = waits;
    std::future::poll_fn(|context| match asked.as_mut().poll(context) {
        Poll::Ready(answer) => Poll::Ready(Some(answer)),
        Poll::Pending if left == 0 => Poll::Ready(None),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    })
    .await
}

/// Until every connection is back where the next request takes it.
async fn all_at_rest(app: &TestApp) {
    let pool = &app.state.database.pool;
    while pool.num_idle() < pool.size() as usize {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn wherever_it_is_given_up_a_push_stands_once_and_every_transaction_is_ended_once() {
    let app = TestApp::new().await;
    enrol(&app).await;
    let mut teacher = Phone::of(&app, TEACHER).await;
    teacher.sync().await;
    let log = Log::keep(LevelFilter::WARN);

    let mut waits = 0;
    loop {
        let visit = Body::Visit(home_visit(TEACHER, now()));
        teacher.write_at_door(Subject::Student(girl()), KnockId(Uuid::new_v4()), visit);
        let answer = given_up_after(waits, teacher.ask()).await;
        all_at_rest(&app).await;
        waits += 1;
        if let Some(answer) = answer {
            assert_eq!(answer.status, 200, "{answer}, {}", log.text());
            break;
        }
    }
    assert!(waits > 2, "it was given up at {waits} moments only");
    teacher.sync().await;
    assert_eq!(app.count("SELECT count(*) FROM visit").await, waits as i64);
    // Postgres says so when a transaction is begun within one, or ended where there is none.
    assert!(!log.text().contains("transaction in progress"), "{}", log.text());
}
