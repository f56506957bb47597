//! Visits as lists and ledgers read them, and the knocks they were made with.

use crate::error::Result;
use crate::sync::batch::Batch;
use crate::sync::follow::{Following, Line};
use domain::access::Facet;
use domain::calendar::local_date;
use domain::entry::{Body, Subject};
use sqlx::PgConnection;
use uuid::Uuid;

pub(super) async fn are_new(tx: &mut PgConnection, batch: &Batch<'_>, following: &Following) -> Result<()> {
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

/// How visits stand now.
pub(super) async fn stand(tx: &mut PgConnection, county: Uuid, lines: &[Line]) -> Result<()> {
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
pub(super) async fn are_taken_back(tx: &mut PgConnection, batch: &Batch<'_>) -> Result<()> {
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

pub(super) async fn knocks(tx: &mut PgConnection, batch: &Batch<'_>) -> Result<()> {
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
         ON CONFLICT (id) DO UPDATE SET village = excluded.village, household = excluded.household,
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
