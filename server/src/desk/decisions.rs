//! What the office decides at a desk, written as entries: through the rules, into the chain, with all
//! that follows, as if it came from a phone. Each person's desks are one writer.

use super::{Desk, child, visits};
use crate::error::{Error, Result};
use crate::sync::{Author, Surroundings, record};
use chrono::Utc;
use domain::calendar::local_date;
use domain::entry::{Body, Subject};
use domain::ids::{EntryId, StudentId, WriterId, derived};
use domain::problem::Problem;
use domain::register::{Register, Source};
use domain::review::{Review, Verdict};
use domain::sync::{Answer, NewEntry};
use uuid::Uuid;

/// 看过, or 请您补一点 with what is missing.
///
/// # Errors
/// There is no such visit in sight, it is not this person's to review, or words are missing.
pub(super) async fn review(desk: &Desk, of: EntryId, verdict: Verdict, words: Option<String>) -> Result<()> {
    let student = visits::student_of(desk, of).await?.ok_or(Error::NotFound)?;
    let words = words.map(|words| words.trim().to_owned()).filter(|words| !words.is_empty());
    write(desk, Subject::Student(student), Body::Review(Review { of, verdict, words })).await
}

/// One of the values that somebody means for a field, or the one that stands.
///
/// # Errors
/// There is no such child in sight, nobody proposed that, or it is not this person's to decide.
pub(super) async fn decide(
    desk: &Desk,
    student: StudentId,
    field: String,
    value: Option<String>,
) -> Result<()> {
    let mut tx = desk.reader().await?;
    let (state, _) = child(&mut tx, &desk.actor, student).await?.ok_or(Error::NotFound)?;
    drop(tx);
    let current = state.basics.as_ref().and_then(|basics| basics.get(&field));
    let proposed = state.proposals.iter().find(|p| p.field == field && p.value == value);
    let to = match proposed {
        _ if value == current => value,
        // 不是一家 names the other child; what is decided is that this one is not of the household.
        Some(proposal) if field == "household" && proposal.source == Source::Person => None,
        Some(_) => value,
        None => return Err(Error::Problem(Problem::at("value", "NOT_PROPOSED"))),
    };
    let register = Register { field, from: current, to, source: Source::Decision };
    write(desk, Subject::Student(student), Body::Register(register)).await
}

/// Writes one entry, or nothing: what may not stand leaves no trace, the person is at the desk and sees
/// why.
async fn write(desk: &Desk, subject: Subject, body: Body) -> Result<()> {
    let now = Utc::now();
    let (county, user) = (desk.actor.county, desk.actor.user);
    let new = NewEntry {
        id: EntryId(Uuid::now_v7()),
        subject,
        knock: None,
        supersedes: None,
        body,
        label: String::new(),
    };
    let mut tx = desk.state.database.applier(county, user).await?;
    let around = Surroundings::load(&mut tx, county, local_date(now)).await?;
    let author = Author { actor: desk.actor.clone(), signed_in: true, cursor: None };
    let writer = WriterId(derived(user.0, "desk"));
    match record(&mut tx, &around, &author, writer, vec![(now, new)]).await?.pop() {
        Some(Answer::Accepted { .. }) => Ok(tx.commit().await?),
        Some(Answer::Refused { problems }) => {
            Err(problems.into_iter().next().map_or(Error::Forbidden, Error::Problem))
        }
        _ => Err(Error::Forbidden),
    }
}
