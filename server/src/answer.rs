//! `POST /api/v1/answer`: somebody of the village answers about one knock, with nothing but the code
//! that a scanner read. The code's secret is the only key: it writes one answer about one knock and
//! reads nothing. The reply is the same whether or not the knock is known here yet, and whether or not
//! the secret is its secret; an answer that opens nothing waits for ever.

use crate::database::Transaction;
use crate::error::{Error, Result};
use crate::http::{Address, AppState, Json};
use crate::sync::{Author, Memory, Surroundings, record};
use crate::throttle::Limit;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Extension, Router};
use chrono::{DateTime, Days, Utc};
use domain::actor::{Actor, Grant, Role, Scope};
use domain::calendar::local_date;
use domain::confirmation::posted::Posted;
use domain::confirmation::{Proof, Secret};
use domain::entry::{Body, Subject};
use domain::ids::{CountyId, EntryId, SchoolId, UserId, VillageId, WriterId, derived};
use domain::problem::Problem;
use domain::sync::{Answer, NewEntry};
use sqlx::types;
use uuid::Uuid;

/// Answers about one knock: a few second thoughts.
const PER_KNOCK: Limit = Limit { name: "answer/knock", free: 10, pause_s: 600.0, forget_s: 86_400.0 };
/// Answers from one address, which a village may share.
const PER_ADDRESS: Limit = Limit { name: "answer/address", free: 60, pause_s: 5.0, forget_s: 3600.0 };

/// A body is a handful of codes and one sentence.
const LONGEST: usize = 8 << 10;

/// `POST /api/v1/answer`.
pub fn router() -> Router<AppState> {
    let limit = axum::extract::DefaultBodyLimit::max(LONGEST);
    Router::new().route("/answer", post(answer)).layer(Extension(Memory::default())).layer(limit)
}

async fn answer(
    State(state): State<AppState>,
    Extension(memory): Extension<Memory>,
    Address(address): Address,
    Json(posted): Json<Posted>,
) -> Result<StatusCode> {
    let region = posted.village.get(..6).filter(|_| posted.village.len() == 12);
    let county = CountyId::of(region.ok_or(Error::Malformed("a village without a code"))?);
    let user = by_code(county);
    // Postgres has no text with a zero byte, and nobody types one.
    let texts = [Some(&posted.shown), posted.comment.as_ref(), posted.name.as_ref()];
    if texts.into_iter().flatten().any(|text| text.contains('\0') || text.len() > 4000) {
        return Err(Error::Problem(Problem::at("comment", "CANNOT_BE_STORED")));
    }

    let mut tx = state.database.applier(county, user).await?;
    for (limit, of) in [(PER_ADDRESS, address.to_string()), (PER_KNOCK, posted.knock.to_string())] {
        limit.count(&mut tx, &limit.key(&state.secret, &of)).await?;
    }
    tx.commit().await?;

    let now = Utc::now();
    let mut tx = state.database.applier(county, user).await?;
    // One answer after the other: of two with the same code the second must see the first.
    sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
        .bind(format!("answer/{}", posted.knock))
        .execute(&mut *tx)
        .await?;
    let village: Option<Uuid> = sqlx::query_scalar("SELECT id FROM village WHERE county = $1 AND code = $2")
        .bind(county.0)
        .bind(&posted.village)
        .fetch_optional(&mut *tx)
        .await?;
    // A village that is none is answered like any other.
    let Some(village) = village.map(VillageId) else { return Ok(StatusCode::NO_CONTENT) };
    if before(&mut tx, county, &posted).await? == Before::Same {
        return Ok(StatusCode::NO_CONTENT);
    }
    let around = memory.surroundings(&mut tx, county, local_date(now)).await?;
    if is_expired(&mut tx, &around, &posted, now).await? {
        return Err(Error::AnswerExpired);
    }
    let new = NewEntry {
        id: posted.id,
        subject: Subject::Village(village),
        knock: Some(posted.knock),
        supersedes: posted.supersedes,
        body: Body::Confirmation(posted.confirmation()),
        label: String::new(),
    };
    let author = Author { actor: anybody(county, user, village), signed_in: false, cursor: None };
    let answers = record(&mut tx, &around, &author, writer(county), vec![(now, new)]).await?;
    if let Some(Answer::Refused { problems }) = answers.into_iter().next() {
        // That a secret does not fit would tell that there is a knock.
        if let Some(problem) = problems.into_iter().find(|p| p.code != "DOES_NOT_FIT") {
            return Err(Error::Problem(problem));
        }
        return Ok(StatusCode::NO_CONTENT);
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Under whom an answer stands that nobody signed in for.
pub fn by_code(county: CountyId) -> UserId {
    UserId(derived(county.0, "village/by-code"))
}

/// Whoever holds the code: may answer in the village's name, and nothing else.
fn anybody(county: CountyId, user: UserId, village: VillageId) -> Actor {
    Actor {
        user,
        county,
        name: "村里（凭码）".into(),
        phone: String::new(),
        grants: vec![Grant { role: Role::Cadre, scope: Scope::Village(village), cadre: None }],
    }
}

fn writer(county: CountyId) -> WriterId {
    WriterId(derived(county.0, "village/by-code/writer"))
}

#[derive(PartialEq, Eq)]
enum Before {
    Nothing,
    /// This very answer: its reply was lost.
    Same,
}

/// What was answered with this secret about this knock before.
async fn before(tx: &mut Transaction, county: CountyId, posted: &Posted) -> Result<Before> {
    let proof = Proof::Secret(posted.secret.clone());
    let given: Vec<(Uuid, types::Json<domain::confirmation::Answer>)> = sqlx::query_as(
        "SELECT entry, answer FROM village_answer
         WHERE county = $1 AND knock = $2 AND proof = $3 AND NOT gone
           AND answer->>'strength' = 'BY_CODE'",
    )
    .bind(county.0)
    .bind(posted.knock.0)
    .bind(types::Json(proof))
    .fetch_all(&mut **tx)
    .await?;
    for (entry, types::Json(answer)) in given {
        if entry == posted.id.0 {
            let same = answer.result == posted.result
                && answer.discrepancies == posted.discrepancies
                && answer.comment == posted.comment;
            return if same { Ok(Before::Same) } else { Err(Error::AnsweredAlready) };
        }
        if posted.supersedes != Some(EntryId(entry)) {
            return Err(Error::AnsweredAlready);
        }
    }
    Ok(Before::Nothing)
}

/// Only who holds the secret learns that there is a visit and that it is too long ago.
async fn is_expired(
    tx: &mut Transaction,
    around: &Surroundings,
    posted: &Posted,
    now: DateTime<Utc>,
) -> Result<bool> {
    let secret = domain::unhex8(&posted.secret).map(Secret);
    let hash = secret.ok_or_else(|| Error::Problem(Problem::at("secret", "CODE_BAD")))?.hash();
    let visited: Option<(chrono::NaiveDate, Option<Uuid>)> = sqlx::query_as(
        "SELECT visited_on, (SELECT v.school FROM visit v WHERE v.county = $1 AND v.knock = k.id LIMIT 1)
         FROM knock k WHERE county = $1 AND id = $2 AND secret_hash = $3",
    )
    .bind(around.county.0)
    .bind(posted.knock.0)
    .bind(hash)
    .fetch_optional(&mut **tx)
    .await?;
    Ok(visited.is_some_and(|(day, school)| {
        let days = around.of(school.map(SchoolId)).policy.answer_expires_days;
        local_date(now) > day + Days::new(u64::from(days))
    }))
}
