//! Writes what came of a batch: one statement a table, whatever the number of entries. Rows that say
//! the same as before are left alone, so that no phone hears of them.

use super::batch::{Batch, File};
use super::follow::{Following, Line};
use super::initials::initials;
use super::siblings;
use super::surroundings::Surroundings;
use crate::error::{Error, Result};
use domain::access::Facet;
use domain::calendar::local_date;
use domain::duty::{Duty, Owner};
use domain::entry::{Body, Kind, Subject};
use domain::ids::StudentId;
use domain::student::FOLD_VERSION;
use serde::Serialize;
use sqlx::PgConnection;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Columns of a statement over `unnest`.
macro_rules! columns {
    ($($name:ident: $type:ty),* $(,)?) => { #[derive(Default)] struct Columns { $($name: Vec<$type>),* } };
}

/// The entries of a batch and all that follows from them.
pub(super) async fn write(tx: &mut PgConnection, batch: &Batch<'_>, following: &Following) -> Result<()> {
    entries(tx, batch).await?;
    quarantined(tx, batch).await?;
    new_visits(tx, batch, following).await?;
    taken_back(tx, batch).await?;
    knocks(tx, batch).await?;
    answers(tx, batch).await?;
    duties(tx, batch.around.county.0, &[], &batch.new.duties, false).await?;
    settled(tx, batch).await?;
    follow(tx, batch.around, &batch.files, following).await
}

/// Where children stand, and what follows from that.
pub(super) async fn follow(
    tx: &mut PgConnection,
    around: &Surroundings,
    files: &BTreeMap<StudentId, File>,
    following: &Following,
) -> Result<()> {
    let county = around.county.0;
    students(tx, around, files, &following.changed).await?;
    access(tx, county, following).await?;
    lines(tx, county, &following.lines).await?;
    duties(tx, county, &following.of, &following.duties, true).await?;
    cards(tx, county, following).await?;
    siblings::renew(tx, around, &following.households).await
}

fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|e| Error::Internal(format!("a value without a JSON form: {e}")))
}

const fn subject(subject: Subject) -> (&'static str, Uuid) {
    match subject {
        Subject::Student(id) => ("STUDENT", id.0),
        Subject::School(id) => ("SCHOOL", id.0),
        Subject::Village(id) => ("VILLAGE", id.0),
    }
}

fn kind(body: &Body) -> &str {
    match body {
        Body::Unknown { kind, .. } => kind,
        known => known.kind().map_or("", Kind::code),
    }
}

async fn entries(tx: &mut PgConnection, batch: &Batch<'_>) -> Result<()> {
    if batch.new.entries.is_empty() {
        return Ok(());
    }
    columns! {
        id: Uuid, facet: &'static str, kind: String, subject_kind: &'static str, subject: Uuid,
        student: Option<Uuid>, writer: Uuid, seq: i64, knock: Option<Uuid>, supersedes: Option<Uuid>,
        recorded_at: chrono::DateTime<chrono::Utc>, received_at: chrono::DateTime<chrono::Utc>, raw: String,
    }
    let mut c = Columns::default();
    for arrived in &batch.new.entries {
        let entry = &arrived.entry;
        let (subject_kind, subject) = subject(entry.subject);
        c.id.push(entry.id.0);
        c.facet.push(Facet::of(&entry.body).map_or("", Facet::code));
        c.kind.push(kind(&entry.body).to_owned());
        c.subject_kind.push(subject_kind);
        c.subject.push(subject);
        c.student.push(entry.subject.student().map(|s| s.0));
        c.writer.push(entry.writer.0);
        c.seq.push(i64::try_from(entry.seq).unwrap_or(i64::MAX));
        c.knock.push(entry.knock.map(|k| k.0));
        c.supersedes.push(entry.supersedes.map(|e| e.0));
        c.recorded_at.push(entry.recorded_at);
        c.received_at.push(arrived.at);
        c.raw.push(arrived.raw.to_string());
    }
    let author = &batch.author.actor;
    sqlx::query(
        "INSERT INTO entry (county, author, author_name, id, facet, kind, subject_kind, subject, student,
           writer, seq, knock, supersedes, recorded_at, received_at, raw)
         SELECT $1, $2, $3, * FROM unnest($4::uuid[], $5::text[], $6::text[], $7::text[], $8::uuid[],
           $9::uuid[], $10::uuid[], $11::bigint[], $12::uuid[], $13::uuid[], $14::timestamptz[],
           $15::timestamptz[], $16::text[])",
    )
    .bind(batch.around.county.0)
    .bind(author.user.0)
    .bind(&author.name)
    .bind(c.id)
    .bind(c.facet)
    .bind(c.kind)
    .bind(c.subject_kind)
    .bind(c.subject)
    .bind(c.student)
    .bind(c.writer)
    .bind(c.seq)
    .bind(c.knock)
    .bind(c.supersedes)
    .bind(c.recorded_at)
    .bind(c.received_at)
    .bind(c.raw)
    .execute(tx)
    .await?;
    Ok(())
}

async fn quarantined(tx: &mut PgConnection, batch: &Batch<'_>) -> Result<()> {
    for (arrived, school) in &batch.new.quarantined {
        let entry = &arrived.entry;
        let (subject_kind, subject) = subject(entry.subject);
        sqlx::query(
            "INSERT INTO quarantine (county, id, school, kind, subject_kind, subject, author, author_name,
               writer, seq, received_at, raw)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        )
        .bind(batch.around.county.0)
        .bind(entry.id.0)
        .bind(school.map(|s| s.0))
        .bind(kind(&entry.body))
        .bind(subject_kind)
        .bind(subject)
        .bind(batch.author.actor.user.0)
        .bind(&batch.author.actor.name)
        .bind(entry.writer.0)
        .bind(i64::try_from(entry.seq).unwrap_or(i64::MAX))
        .bind(arrived.at)
        .bind(&*arrived.raw)
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}

async fn students(
    tx: &mut PgConnection,
    around: &Surroundings,
    files: &BTreeMap<StudentId, File>,
    changed: &[StudentId],
) -> Result<()> {
    columns! {
        id: Uuid, school: Uuid, class: Uuid, grade: Uuid, village: Option<Uuid>, township: Option<Uuid>,
        household: Option<Uuid>, open: bool, name: String, initials: String, roll_no: Option<String>,
        state: String,
    }
    let (mut new, mut known) = (Columns::default(), Columns::default());
    for id in changed {
        let Some(file) = files.get(id) else { continue };
        let Some(basics) = &file.state.basics else { continue };
        let c = if file.stored.is_some() { &mut known } else { &mut new };
        c.id.push(id.0);
        c.school.push(basics.school.0);
        c.class.push(basics.class.0);
        c.grade.push(around.grade(basics.class));
        c.village.push(basics.village.map(|v| v.0));
        c.township.push(around.township(basics).map(|t| t.0));
        c.household.push(basics.household.map(|h| h.0));
        c.open.push(file.state.is_open(&around.at(basics.school).policy));
        c.name.push(basics.name.clone());
        c.initials.push(initials(&basics.name));
        c.roll_no.push(basics.roll_no.clone());
        c.state.push(json(&file.state)?);
    }
    let insert = "INSERT INTO student (county, fold_version, id, school, class, grade, village, township,
           household, open, name, initials, roll_no, state)
         SELECT $1, $2, id, school, class, grade, village, township, household, open, name, initials,
           roll_no, state::jsonb
         FROM unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[], $8::uuid[], $9::uuid[],
           $10::bool[], $11::text[], $12::text[], $13::text[], $14::text[])
           AS n (id, school, class, grade, village, township, household, open, name, initials, roll_no, state)";
    let update =
        "UPDATE student s SET fold_version = $2, school = n.school, class = n.class, grade = n.grade,
           village = n.village, township = n.township, household = n.household, open = n.open, name = n.name,
           initials = n.initials, roll_no = n.roll_no, state = n.state::jsonb,
           siblings = CASE WHEN s.household IS DISTINCT FROM n.household THEN '[]' ELSE s.siblings END
         FROM unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[], $8::uuid[], $9::uuid[],
           $10::bool[], $11::text[], $12::text[], $13::text[], $14::text[])
           AS n (id, school, class, grade, village, township, household, open, name, initials, roll_no, state)
         WHERE s.county = $1 AND s.id = n.id";
    for (statement, c) in [(insert, new), (update, known)] {
        if c.id.is_empty() {
            continue;
        }
        sqlx::query(statement)
            .bind(around.county.0)
            .bind(FOLD_VERSION)
            .bind(c.id)
            .bind(c.school)
            .bind(c.class)
            .bind(c.grade)
            .bind(c.village)
            .bind(c.township)
            .bind(c.household)
            .bind(c.open)
            .bind(c.name)
            .bind(c.initials)
            .bind(c.roll_no)
            .bind(c.state)
            .execute(&mut *tx)
            .await?;
    }
    Ok(())
}

async fn access(tx: &mut PgConnection, county: Uuid, following: &Following) -> Result<()> {
    if !following.covered.is_empty() {
        let (scopes, students): (Vec<_>, Vec<_>) = following.covered.iter().map(|(s, id)| (*s, id.0)).unzip();
        sqlx::query(
            "INSERT INTO access AS a (county, scope, student)
             SELECT $1, * FROM unnest($2::uuid[], $3::uuid[])
             ON CONFLICT (county, scope, student) DO UPDATE SET gone = false WHERE a.gone",
        )
        .bind(county)
        .bind(scopes)
        .bind(students)
        .execute(&mut *tx)
        .await?;
    }
    if !following.uncovered.is_empty() {
        let (scopes, students): (Vec<_>, Vec<_>) =
            following.uncovered.iter().map(|(s, id)| (*s, id.0)).unzip();
        sqlx::query(
            "UPDATE access a SET gone = true FROM unnest($2::uuid[], $3::uuid[]) AS n (scope, student)
             WHERE a.county = $1 AND a.scope = n.scope AND a.student = n.student AND NOT a.named AND NOT a.gone",
        )
        .bind(county)
        .bind(scopes)
        .bind(students)
        .execute(tx)
        .await?;
    }
    Ok(())
}

/// How visits stand now.
async fn lines(tx: &mut PgConnection, county: Uuid, lines: &[Line]) -> Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "UPDATE visit v SET standing = n.standing, review = n.review, supplemented = n.supplemented
         FROM unnest($2::uuid[], $3::text[], $4::text[], $5::bool[])
           AS n (entry, standing, review, supplemented)
         WHERE v.county = $1 AND v.entry = n.entry
           AND (v.standing, v.review, v.supplemented) IS DISTINCT FROM (n.standing, n.review, n.supplemented)",
    )
    .bind(county)
    .bind(lines.iter().map(|l| l.entry.0).collect::<Vec<_>>())
    .bind(lines.iter().map(|l| l.standing).collect::<Vec<_>>())
    .bind(lines.iter().map(|l| l.review).collect::<Vec<_>>())
    .bind(lines.iter().map(|l| l.supplemented).collect::<Vec<_>>())
    .execute(tx)
    .await?;
    Ok(())
}

/// Visits that were corrected or withdrawn.
async fn taken_back(tx: &mut PgConnection, batch: &Batch<'_>) -> Result<()> {
    let county = batch.around.county.0;
    if !batch.new.superseded.is_empty() {
        let (old, new): (Vec<_>, Vec<_>) = batch.new.superseded.iter().map(|(o, n)| (o.0, n.0)).unzip();
        sqlx::query(
            "UPDATE visit v SET superseded_by = n.new FROM unnest($2::uuid[], $3::uuid[]) AS n (old, new)
             WHERE v.county = $1 AND v.entry = n.old",
        )
        .bind(county)
        .bind(old)
        .bind(new)
        .execute(&mut *tx)
        .await?;
    }
    if !batch.new.withdrawn.is_empty() {
        sqlx::query("UPDATE visit SET withdrawn = true WHERE county = $1 AND entry = ANY($2)")
            .bind(county)
            .bind(batch.new.withdrawn.iter().map(|e| e.0).collect::<Vec<_>>())
            .execute(tx)
            .await?;
    }
    Ok(())
}

async fn new_visits(tx: &mut PgConnection, batch: &Batch<'_>, following: &Following) -> Result<()> {
    columns! {
        entry: Uuid, facet: &'static str, student: Uuid, school: Uuid, class: Uuid, village: Uuid,
        knock: Uuid, kind: String, purposes: String, household: String,
        started_at: chrono::DateTime<chrono::Utc>, visited_on: chrono::NaiveDate,
        recorded_at: chrono::DateTime<chrono::Utc>, received_at: chrono::DateTime<chrono::Utc>,
        outcome: String, next_follow_up_on: Option<chrono::NaiveDate>, standing: &'static str,
        review: Option<&'static str>, supplemented: bool,
    }
    let mut c = Columns::default();
    for arrived in &batch.new.visits {
        let entry = &arrived.entry;
        let (Body::Visit(visit), Subject::Student(student), Some(knock)) =
            (&entry.body, entry.subject, entry.knock)
        else {
            continue;
        };
        let Some(basics) = batch.files.get(&student).and_then(|f| f.state.basics.as_ref()) else { continue };
        // Withdrawn or corrected by the same request: the ledger's row says how it began.
        let line = following.new_lines.iter().find(|line| line.entry == entry.id);
        let began = if visit.needs_confirmation() { "WAITING" } else { "NOT_NEEDED" };
        c.entry.push(entry.id.0);
        c.facet.push(Facet::of_visit(&visit.kind).code());
        c.student.push(student.0);
        c.school.push(basics.school.0);
        c.class.push(basics.class.0);
        c.village.push(visit.village.0);
        c.knock.push(knock.0);
        c.kind.push(visit.kind.code().to_owned());
        c.purposes.push(visit.purposes.iter().map(|p| p.code()).collect::<Vec<_>>().join(","));
        c.household.push(visit.household.clone());
        c.started_at.push(visit.started_at);
        c.visited_on.push(local_date(visit.started_at));
        c.recorded_at.push(entry.recorded_at);
        c.received_at.push(arrived.at);
        c.outcome.push(visit.outcome.code().to_owned());
        c.next_follow_up_on.push(visit.next_follow_up_on);
        c.standing.push(line.map_or(began, |l| l.standing));
        c.review.push(line.and_then(|l| l.review));
        c.supplemented.push(line.is_some_and(|l| l.supplemented));
    }
    if c.entry.is_empty() {
        return Ok(());
    }
    let author = &batch.author.actor;
    sqlx::query(
        "INSERT INTO visit (county, author, author_name, entry, facet, student, school, class, village, knock,
           kind, purposes, household, started_at, visited_on, recorded_at, received_at, outcome,
           next_follow_up_on, standing, review, supplemented)
         SELECT $1, $2, $3, entry, facet, student, school, class, village, knock, kind,
           string_to_array(purposes, ','), household, started_at, visited_on, recorded_at, received_at, outcome,
           next_follow_up_on, standing, review, supplemented
         FROM unnest($4::uuid[], $5::text[], $6::uuid[], $7::uuid[], $8::uuid[], $9::uuid[], $10::uuid[],
           $11::text[], $12::text[], $13::text[], $14::timestamptz[], $15::date[], $16::timestamptz[],
           $17::timestamptz[], $18::text[], $19::date[], $20::text[], $21::text[], $22::bool[])
           AS n (entry, facet, student, school, class, village, knock, kind, purposes, household, started_at,
             visited_on, recorded_at, received_at, outcome, next_follow_up_on, standing, review, supplemented)",
    )
    .bind(batch.around.county.0)
    .bind(author.user.0)
    .bind(&author.name)
    .bind(c.entry)
    .bind(c.facet)
    .bind(c.student)
    .bind(c.school)
    .bind(c.class)
    .bind(c.village)
    .bind(c.knock)
    .bind(c.kind)
    .bind(c.purposes)
    .bind(c.household)
    .bind(c.started_at)
    .bind(c.visited_on)
    .bind(c.recorded_at)
    .bind(c.received_at)
    .bind(c.outcome)
    .bind(c.next_follow_up_on)
    .bind(c.standing)
    .bind(c.review)
    .bind(c.supplemented)
    .execute(tx)
    .await?;
    Ok(())
}

async fn knocks(tx: &mut PgConnection, batch: &Batch<'_>) -> Result<()> {
    columns! {
        id: Uuid, author: Uuid, village: Uuid, household: String, visited_on: chrono::NaiveDate,
        secret_hash: Option<String>, code: Option<String>,
    }
    let mut c = Columns::default();
    for id in &batch.new.knocks {
        let Some(knock) = batch.knocks.get(id) else { continue };
        c.id.push(id.0);
        c.author.push(knock.author.0);
        c.village.push(knock.village.0);
        c.household.push(knock.household.clone());
        c.visited_on.push(knock.visited_on);
        c.secret_hash.push(knock.seal.as_ref().map(|s| s.secret_hash.clone()));
        c.code.push(knock.seal.as_ref().map(|s| s.code.clone()));
    }
    if c.id.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO knock AS k (county, id, author, village, household, visited_on, secret_hash, code)
         SELECT $1, * FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::date[], $7::text[],
           $8::text[])
         ON CONFLICT (county, id) DO UPDATE SET village = excluded.village, household = excluded.household,
           visited_on = excluded.visited_on, secret_hash = excluded.secret_hash, code = excluded.code
         WHERE (k.village, k.household, k.visited_on, k.secret_hash, k.code) IS DISTINCT FROM
           (excluded.village, excluded.household, excluded.visited_on, excluded.secret_hash, excluded.code)",
    )
    .bind(batch.around.county.0)
    .bind(c.id)
    .bind(c.author)
    .bind(c.village)
    .bind(c.household)
    .bind(c.visited_on)
    .bind(c.secret_hash)
    .bind(c.code)
    .execute(tx)
    .await?;
    Ok(())
}

async fn answers(tx: &mut PgConnection, batch: &Batch<'_>) -> Result<()> {
    columns! {
        entry: Uuid, village: Uuid, knock: Option<Uuid>, code: Option<String>, author: Uuid, proof: String,
        answer: String, answered_on: chrono::NaiveDate, received_on: chrono::NaiveDate, matched: bool,
        gone: bool,
    }
    let mut c = Columns::default();
    for held in batch.held.iter().filter(|held| held.changed) {
        c.entry.push(held.answer.entry.0);
        c.village.push(held.village.0);
        c.knock.push(held.knock.map(|k| k.0));
        c.code.push(held.code().map(str::to_owned));
        c.author.push(held.author.0);
        c.proof.push(json(&held.proof)?);
        c.answer.push(json(&held.answer)?);
        c.answered_on.push(held.answered_on);
        c.received_on.push(held.received_on);
        c.matched.push(held.matched);
        c.gone.push(held.gone);
    }
    if c.entry.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO village_answer (county, entry, village, knock, code, author, proof, answer, answered_on,
           received_on, matched, gone)
         SELECT $1, entry, village, knock, code, author, proof::jsonb, answer::jsonb, answered_on,
           received_on, matched, gone
         FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::uuid[], $7::text[], $8::text[],
           $9::date[], $10::date[], $11::bool[], $12::bool[])
           AS n (entry, village, knock, code, author, proof, answer, answered_on, received_on, matched, gone)
         ON CONFLICT (county, entry) DO UPDATE SET knock = excluded.knock, answer = excluded.answer,
           matched = excluded.matched, gone = excluded.gone",
    )
    .bind(batch.around.county.0)
    .bind(c.entry)
    .bind(c.village)
    .bind(c.knock)
    .bind(c.code)
    .bind(c.author)
    .bind(c.proof)
    .bind(c.answer)
    .bind(c.answered_on)
    .bind(c.received_on)
    .bind(c.matched)
    .bind(c.gone)
    .execute(tx)
    .await?;
    Ok(())
}

/// Duties that ended by a decision of the office.
async fn settled(tx: &mut PgConnection, batch: &Batch<'_>) -> Result<()> {
    if batch.new.settled.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "UPDATE duty SET gone = true WHERE county = $1 AND id = ANY($2) AND NOT derived AND NOT gone",
    )
    .bind(batch.around.county.0)
    .bind(batch.new.settled.iter().map(|id| id.0).collect::<Vec<_>>())
    .execute(tx)
    .await?;
    Ok(())
}

/// Duties of these children as they are owed now, and those no longer owed marked gone.
async fn duties(
    tx: &mut PgConnection,
    county: Uuid,
    of: &[StudentId],
    duties: &[Duty],
    derived: bool,
) -> Result<()> {
    if of.is_empty() && duties.is_empty() {
        return Ok(());
    }
    columns! {
        id: Uuid, owner: Uuid, owner_role: Option<&'static str>, student: Option<Uuid>,
        reason_kind: &'static str, due_on: chrono::NaiveDate, reason: String,
    }
    let mut c = Columns::default();
    for duty in duties {
        let (owner, role) = match duty.owner {
            Owner::User(user) => (user.0, None),
            Owner::Role { role, scope } => (scope, Some(role.code())),
        };
        c.id.push(duty.id.0);
        c.owner.push(owner);
        c.owner_role.push(role);
        c.student.push(duty.student.map(|s| s.0));
        c.reason_kind.push(duty.reason.code());
        c.due_on.push(duty.due_on);
        c.reason.push(json(&duty.reason)?);
    }
    sqlx::query(
        "WITH owed AS (
           SELECT id, owner, owner_role, student, reason_kind, due_on, reason::jsonb
           FROM unnest($4::uuid[], $5::uuid[], $6::text[], $7::uuid[], $8::text[], $9::date[], $10::text[])
             AS n (id, owner, owner_role, student, reason_kind, due_on, reason)
         ), done AS (
           UPDATE duty d SET gone = true
           WHERE d.county = $1 AND d.student = ANY($2) AND d.derived AND NOT d.gone
             AND NOT EXISTS (SELECT FROM owed WHERE owed.id = d.id AND owed.owner = d.owner)
         )
         INSERT INTO duty (county, derived, id, owner, owner_role, student, reason_kind, due_on, reason)
         SELECT $1, $3, owed.* FROM owed
         WHERE NOT EXISTS (SELECT FROM duty d WHERE d.county = $1 AND d.id = owed.id AND d.owner = owed.owner
           AND NOT d.gone AND d.due_on = owed.due_on AND d.reason = owed.reason)
         ON CONFLICT (county, id, owner) DO UPDATE SET due_on = excluded.due_on, reason = excluded.reason,
           owner_role = excluded.owner_role, gone = false",
    )
    .bind(county)
    .bind(of.iter().map(|s| s.0).collect::<Vec<_>>())
    .bind(derived)
    .bind(c.id)
    .bind(c.owner)
    .bind(c.owner_role)
    .bind(c.student)
    .bind(c.reason_kind)
    .bind(c.due_on)
    .bind(c.reason)
    .execute(tx)
    .await?;
    Ok(())
}

/// Cards of the changed children as the village is asked now, and those gone marked so.
async fn cards(tx: &mut PgConnection, county: Uuid, following: &Following) -> Result<()> {
    if following.of.is_empty() {
        return Ok(());
    }
    let cards = &following.cards;
    let bodies = cards.iter().map(json).collect::<Result<Vec<_>>>()?;
    sqlx::query(
        "WITH shown AS (
           SELECT id, village, student, body::jsonb, until
           FROM unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::date[])
             AS n (id, village, student, body, until)
         ), left_out AS (
           UPDATE card c SET gone = true
           WHERE c.county = $1 AND c.student = ANY($2) AND NOT c.gone
             AND NOT EXISTS (SELECT FROM shown WHERE shown.id = c.id AND shown.village = c.village)
         )
         INSERT INTO card (county, id, village, student, body, until)
         SELECT $1, shown.* FROM shown
         WHERE NOT EXISTS (SELECT FROM card c WHERE c.county = $1 AND c.id = shown.id
           AND c.village = shown.village AND NOT c.gone AND c.body = shown.body)
         ON CONFLICT (county, id, village) DO UPDATE SET body = excluded.body, until = excluded.until,
           gone = false",
    )
    .bind(county)
    .bind(following.of.iter().map(|s| s.0).collect::<Vec<_>>())
    .bind(cards.iter().map(|c| c.id).collect::<Vec<_>>())
    .bind(cards.iter().map(|c| c.village.0).collect::<Vec<_>>())
    .bind(cards.iter().map(|c| c.student.0).collect::<Vec<_>>())
    .bind(bodies)
    .bind(cards.iter().map(|c| c.until).collect::<Vec<_>>())
    .execute(tx)
    .await?;
    Ok(())
}
