//! Entries of the server's own, as an import writes them.

use crate::common::{TestApp, county, other_school};
use chrono::Utc;
use domain::actor::{Actor, Grant, Role, Scope};
use domain::calendar::local_date;
use domain::entry::{Body, Subject};
use domain::ids::{EntryId, StudentId, UserId, WriterId, derived};
use domain::sync::{Answer, NewEntry};
use server::sync::{Author, Surroundings, record};
use uuid::Uuid;

/// Writes as the office of the primary school.
pub async fn write(app: &TestApp, bodies: Vec<(StudentId, Body)>) -> Vec<Answer> {
    let user = UserId(derived(county().0, "import"));
    let grant = Grant { role: Role::Office, scope: Scope::School(other_school()), cadre: None };
    let actor =
        Actor { user, county: county(), name: "名册".into(), phone: String::new(), grants: vec![grant] };
    let author = Author { actor, signed_in: true, cursor: None };
    let now = Utc::now();
    let new = bodies
        .into_iter()
        .map(|(student, body)| {
            let id = EntryId(Uuid::now_v7());
            let subject = Subject::Student(student);
            (now, NewEntry { id, subject, knock: None, supersedes: None, body, label: String::new() })
        })
        .collect();
    let mut tx = app.state.database.applier(county(), user).await.unwrap();
    let around = Surroundings::load(&mut tx, county(), local_date(now)).await.unwrap();
    let answers = record(&mut tx, &around, &author, WriterId(user.0), new).await.unwrap();
    tx.commit().await.unwrap();
    answers
}
