//! Whether what is stored is what came.

use crate::children::{boy, enrol, girl, home_visit};
use crate::common::*;
use crate::phone::{Phone, now};
use domain::entry::{Body, Subject};
use domain::ids::{KnockId, UserId};
use server::verify::{Break, walk};
use uuid::Uuid;

async fn breaks(app: &TestApp) -> (usize, Vec<Break>) {
    let mut tx = app.state.database.applier(county(), UserId(Uuid::nil())).await.unwrap();
    let mut breaks = Vec::new();
    let links = walk(&mut tx, county(), &mut breaks).await.unwrap();
    (links, breaks)
}

#[tokio::test]
async fn a_change_behind_the_servers_back_is_found() {
    let app = TestApp::new().await;
    enrol(&app).await;
    let mut teacher = Phone::of(&app, TEACHER).await;
    teacher.sync().await;
    for student in [girl(), boy(), girl()] {
        let visit = Body::Visit(home_visit(TEACHER, now()));
        teacher.write_at_door(Subject::Student(student), KnockId(Uuid::new_v4()), visit);
    }
    teacher.sync().await;
    let (links, none) = breaks(&app).await;
    assert!(links > 3, "{links}");
    assert_eq!(none, []);

    app.force("UPDATE entry SET raw = NULL WHERE seq = 2 AND author_name = '李示例'").await;
    assert_eq!(breaks(&app).await.1, [], "an erased body breaks nothing");

    let one_gone = "DELETE FROM entry WHERE seq = 3 AND author_name = '李示例' RETURNING id";
    let gone: Uuid = sqlx::query_scalar(one_gone).fetch_one(&app.superuser).await.unwrap();
    let (_, missing) = breaks(&app).await;
    assert_eq!(
        missing.iter().map(|at| (at.seq, at.why)).collect::<Vec<_>>(),
        [(3, "what was received is not stored any more")]
    );
    sqlx::query("UPDATE received SET entry = (SELECT id FROM entry WHERE seq = 1 AND author_name = '李示例') WHERE entry = $1")
        .bind(gone)
        .execute(&app.superuser)
        .await
        .unwrap();
    assert_eq!(breaks(&app).await.1, []);

    app.force("UPDATE entry SET raw = replace(raw, '\"MET\"', '\"MOVED\"') WHERE seq = 1 AND author_name = '李示例'")
        .await;
    let (_, changed) = breaks(&app).await;
    assert_eq!(
        changed.iter().map(|at| (at.seq, at.why)).collect::<Vec<_>>(),
        [(1, "what was received is not what is stored")]
    );

    app.force(
        "DELETE FROM received WHERE seq = 3 AND entry IN (SELECT id FROM entry WHERE author_name = '李示例')",
    )
    .await;
    let (_, cut) = breaks(&app).await;
    assert_eq!(cut.last().unwrap().why, "the end of the chain is missing or was changed");
}
