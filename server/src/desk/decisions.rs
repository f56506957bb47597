//! What the office decides at a desk, written as entries: through the rules, into the chain, with all
//! that follows, as if it came from a phone. Each person's desks are one writer.

use super::{Desk, child, visits};
use crate::error::{Error, Result};
use crate::sync::{Author, Surroundings, record};
use app::desk::students::Unlisted;
use chrono::Utc;
use domain::actor::Actor;
use domain::calendar::local_date;
use domain::enrolment::{Enrolment, Listing};
use domain::entry::{Body, Subject};
use domain::ids::{CountyId, EntryId, StudentId, WriterId, derived};
use domain::problem::Problem;
use domain::register::{Register, Source};
use domain::review::{Review, Verdict};
use domain::sync::{Answer, NewEntry};
use domain::vocabulary::EnrolmentStatus;
use sqlx::PgConnection;
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

/// Where a child is that the newest roster lacks. Nothing but the state changes, and nothing at all when
/// the roster forgot the child.
///
/// # Errors
/// There is no such child in sight, no roster lacks it, or it is not this person's to say.
pub(super) async fn unlisted(desk: &Desk, student: StudentId, is: Unlisted) -> Result<()> {
    let mut tx = desk.reader().await?;
    let (state, _) = child(&mut tx, &desk.actor, student).await?.ok_or(Error::NotFound)?;
    drop(tx);
    let (Some(basics), Some(_)) = (state.basics, state.unlisted) else {
        return Err(Error::Problem(Problem::at("student", "NOT_UNLISTED")));
    };
    let today = local_date(Utc::now());
    let status = match is {
        Unlisted::TransferredOut => Some(EnrolmentStatus::TransferredOut),
        Unlisted::Suspended => Some(EnrolmentStatus::Suspended),
        Unlisted::NeverCame => Some(EnrolmentStatus::Expected),
        Unlisted::Forgotten => None,
    };
    let body = match status {
        Some(status) => Body::Enrolment(Enrolment { status, since: today, basics: Some(basics) }),
        None => Body::Listing(Listing { listed: true, on: today }),
    };
    let (county, user) = (desk.actor.county, desk.actor.user);
    let mut tx = desk.state.database.applier(county, user).await?;
    let around = Surroundings::load(&mut tx, county, today).await?;
    write_in(&mut tx, &around, &desk.actor, Subject::Student(student), body).await?;
    if !has_ended_unlisted(&mut tx, county, student).await? {
        return Err(Error::Problem(Problem::at("student", "NOT_UNLISTED")));
    }
    tx.commit().await
}

/// Whether it was this transaction that ended it. Somebody else may have said where the child is between
/// the look at the file and its lock.
async fn has_ended_unlisted(tx: &mut PgConnection, county: CountyId, student: StudentId) -> Result<bool> {
    let ended = sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM duty WHERE county = $1 AND student = $2 AND reason_kind = 'UNLISTED'
           AND gone AND xid = pg_current_xact_id())",
    );
    Ok(ended.bind(county.0).bind(student.0).fetch_one(tx).await?)
}

/// Writes one entry, or nothing: what may not stand leaves no trace, the person is at the desk and sees
/// why.
pub(super) async fn write(desk: &Desk, subject: Subject, body: Body) -> Result<()> {
    let now = Utc::now();
    let mut tx = desk.state.database.applier(desk.actor.county, desk.actor.user).await?;
    let around = Surroundings::load(&mut tx, desk.actor.county, local_date(now)).await?;
    write_in(&mut tx, &around, &desk.actor, subject, body).await?;
    tx.commit().await
}

/// The same, in a transaction that writes more.
///
/// # Errors
/// It may not stand, or the database does not answer: then the transaction must not be committed.
pub(super) async fn write_in(
    tx: &mut PgConnection,
    around: &Surroundings,
    actor: &Actor,
    subject: Subject,
    body: Body,
) -> Result<()> {
    let new = NewEntry {
        id: EntryId(Uuid::now_v7()),
        subject,
        knock: None,
        supersedes: None,
        body,
        label: String::new(),
    };
    let author = Author { actor: actor.clone(), signed_in: true, cursor: None };
    let writer = WriterId(derived(actor.user.0, "desk"));
    stands(record(tx, around, &author, writer, vec![(Utc::now(), new)]).await?.pop())
}

/// Whether it was taken; if not, why.
pub(super) fn stands(answer: Option<Answer>) -> Result<()> {
    match answer {
        Some(Answer::Accepted { .. }) => Ok(()),
        Some(Answer::Refused { problems }) => {
            Err(problems.into_iter().next().map_or(Error::Forbidden, Error::Problem))
        }
        _ => Err(Error::Forbidden),
    }
}
