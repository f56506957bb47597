//! `POST /api/v1/answer`: somebody of the village answers about one knock, with nothing but the code
//! that a scanner read or a finger typed. It writes an answer and reads nothing. The reply is the same
//! whether or not there is such a knock, and whether or not the code is its code; an answer that opens
//! nothing waits for ever. Only who holds the secret of a scanned code is told that it is too old, or
//! that the village has answered already. Of a typed code nothing is told, and few are taken: there are
//! ten million of them, a village has a handful in its seven days.

use crate::account::counties;
use crate::database::{Database, Transaction};
use crate::error::{Error, Result};
use crate::http::{Address, AppState, Json};
use crate::sync::{Author, Memory, record};
use crate::throttle::Limit;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Extension, Router};
use chrono::{Days, NaiveDate, Utc};
use domain::actor::{Actor, Grant, Role, Scope};
use domain::calendar::local_date;
use domain::confirmation::posted::{By, Posted};
use domain::confirmation::{self, Proof, Secret, Strength};
use domain::directory::number;
use domain::entry::{Body, Subject};
use domain::ids::{CountyId, EntryId, KnockId, SchoolId, UserId, VillageId, WriterId, derived};
use domain::problem::Problem;
use domain::sync::{Answer, NewEntry};
use sqlx::types;
use uuid::Uuid;

/// Answers about one knock: a few second thoughts.
const PER_KNOCK: Limit = Limit { name: "answer/knock", free: 10, pause_s: 600.0, forget_s: 86_400.0 };
/// Answers from one address, which a village may share.
const PER_ADDRESS: Limit = Limit { name: "answer/address", free: 60, pause_s: 5.0, forget_s: 3600.0 };
/// Typed codes from one address: for a guess that hits by chance there is no time.
const DIGITS_PER_ADDRESS: Limit =
    Limit { name: "answer/digits/address", free: 10, pause_s: 60.0, forget_s: 3600.0 };
/// Typed codes for one village, from wherever.
const DIGITS_PER_VILLAGE: Limit =
    Limit { name: "answer/digits/village", free: 20, pause_s: 300.0, forget_s: 86_400.0 };

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
    // Postgres has no text with a zero byte, and nobody types one.
    let said = posted.confirmation();
    let code = match &posted.by {
        By::Scan { secret, .. } => secret,
        By::Digits { code } => code,
    };
    let texts =
        [said.shown.as_ref(), said.comment.as_ref(), said.name.as_ref(), Some(code), Some(&posted.village)];
    if texts.into_iter().flatten().any(|text| text.contains('\0') || text.len() > 4000) {
        return Err(Error::Problem(Problem::at("comment", "CANNOT_BE_STORED")));
    }
    count(&state, &posted, &address.to_string()).await?;
    let (county, village) = place(&state.database, &posted).await?;
    // A village that is none is answered like any other.
    let Some(village) = village else { return Ok(StatusCode::NO_CONTENT) };

    let now = Utc::now();
    let user = by_code(county);
    let mut tx = state.database.applier(county, user).await?;
    // One answer after the other: of two with the same code the second must see the first.
    let one_by_one = posted.knock().map_or_else(|| code.clone(), |knock| knock.to_string());
    sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
        .bind(format!("answer/{one_by_one}"))
        .execute(&mut *tx)
        .await?;
    let given = given(&mut tx, county, &posted).await?;
    if let Some(before) = given.iter().find(|before| before.entry == posted.id) {
        // Its reply was lost.
        return if before.says(&said) { Ok(StatusCode::NO_CONTENT) } else { Err(Error::AnsweredAlready) };
    }
    let around = memory.surroundings(&mut tx, county, local_date(now)).await?;
    let visited = visit_of(&mut tx, county, &posted.by).await?;
    let too_old = |(day, school): &(NaiveDate, Option<Uuid>)| {
        let days = around.of(school.map(SchoolId)).policy.answer_expires_days;
        local_date(now) > *day + Days::new(days.into())
    };
    if visited.as_ref().is_some_and(too_old) {
        return Err(Error::AnswerExpired);
    }
    // What stands here of the same code: one that never arrived cannot be superseded.
    let supersedes =
        posted.supersedes.filter(|old| given.iter().any(|g| g.entry == *old && g.proof == said.proof));
    let answered = given.iter().any(|before| before.is_told(&said.proof, visited.is_some()));
    if answered && supersedes.is_none() && !posted.beside {
        return Err(Error::AnsweredAlready);
    }
    let new = NewEntry {
        id: posted.id,
        subject: Subject::Village(village),
        knock: posted.knock(),
        supersedes,
        body: Body::Confirmation(said),
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

/// Counts the try, before anything is looked for.
async fn count(state: &AppState, posted: &Posted, address: &str) -> Result<()> {
    let mut limits = vec![(PER_ADDRESS, address.to_owned())];
    match &posted.by {
        By::Scan { knock, .. } => limits.push((PER_KNOCK, knock.to_string())),
        By::Digits { .. } => {
            limits.push((DIGITS_PER_ADDRESS, address.to_owned()));
            limits.push((DIGITS_PER_VILLAGE, number(&posted.village).to_owned()));
        }
    }
    let mut tx = state.database.login().await?;
    for (limit, of) in limits {
        limit.count(&mut tx, &limit.key(&state.secret, &of)).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// The county and the village, if it is one. Which villages there are is no secret, but only who typed
/// a number can have mistyped it.
async fn place(database: &Database, posted: &Posted) -> Result<(CountyId, Option<VillageId>)> {
    let typed = matches!(posted.by, By::Digits { .. });
    let here = match posted.village.get(..6).filter(|_| posted.village.len() == 12) {
        Some(region) => vec![CountyId::of(region)],
        None if typed && posted.village.len() == 6 => counties(database).await?,
        None => return Err(Error::Malformed("a village without a code")),
    };
    let mut found = Vec::new();
    for county in &here {
        let mut tx = database.applier(*county, by_code(*county)).await?;
        let villages: Vec<Uuid> =
            sqlx::query_scalar("SELECT id FROM village WHERE county = $1 AND right(code, length($2)) = $2")
                .bind(county.0)
                .bind(&posted.village)
                .fetch_all(&mut *tx)
                .await?;
        found.extend(villages.into_iter().map(|id| (*county, Some(VillageId(id)))));
    }
    match (found.as_slice(), here.as_slice()) {
        ([one], _) => Ok(*one),
        (_, [county, ..]) if !typed => Ok((*county, None)),
        _ => Err(Error::Problem(Problem::at("village", "VILLAGE_UNKNOWN"))),
    }
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

/// An answer that stands already.
struct Given {
    entry: EntryId,
    proof: Proof,
    answer: confirmation::Answer,
    matched: bool,
}

impl Given {
    fn says(&self, said: &confirmation::Confirmation) -> bool {
        self.answer.result == said.result
            && self.answer.discrepancies == said.discrepancies
            && self.answer.comment == said.comment
    }

    /// The village's own word, which whoever holds the secret may know to be there.
    fn is_told(&self, proof: &Proof, fits: bool) -> bool {
        let secret = matches!(proof, Proof::Secret(_)) && (self.proof == *proof || fits && self.matched);
        secret && self.answer.counts(Strength::ByCode)
    }
}

/// What was answered about this knock, and what was answered on this phone.
async fn given(tx: &mut Transaction, county: CountyId, posted: &Posted) -> Result<Vec<Given>> {
    let own: Vec<_> = [Some(posted.id), posted.supersedes].into_iter().flatten().map(|id| id.0).collect();
    let rows: Vec<(Uuid, types::Json<Proof>, types::Json<confirmation::Answer>, bool)> = sqlx::query_as(
        "SELECT entry, proof, answer, matched FROM village_answer
         WHERE county = $1 AND NOT gone AND (entry = ANY($2) OR knock = $3)",
    )
    .bind(county.0)
    .bind(own)
    .bind(posted.knock().map(|KnockId(id)| id))
    .fetch_all(&mut **tx)
    .await?;
    let given = rows.into_iter().map(|(entry, proof, answer, matched)| Given {
        entry: EntryId(entry),
        proof: proof.0,
        answer: answer.0,
        matched,
    });
    Ok(given.collect())
}

/// The day of the visit that the secret is of, and its school; nothing for anybody who holds less.
async fn visit_of(
    tx: &mut Transaction,
    county: CountyId,
    by: &By,
) -> Result<Option<(NaiveDate, Option<Uuid>)>> {
    let By::Scan { knock, secret, .. } = by else { return Ok(None) };
    let secret = domain::unhex8(secret).map(Secret);
    let hash = secret.ok_or_else(|| Error::Problem(Problem::at("secret", "CODE_BAD")))?.hash();
    let visited = sqlx::query_as(
        "SELECT visited_on, (SELECT v.school FROM visit v WHERE v.county = $1 AND v.knock = k.id LIMIT 1)
         FROM knock k WHERE county = $1 AND id = $2 AND secret_hash = $3",
    )
    .bind(county.0)
    .bind(knock.0)
    .bind(hash)
    .fetch_optional(&mut **tx)
    .await?;
    Ok(visited)
}
